import { type VariableReader } from './variable-reader.js';

/** The features that a process can run, by the names that `APPS` uses. */
export const APPS = ['feedback-form', 'counter', 'relay'] as const;

/** One of the features. */
export type App = (typeof APPS)[number];

/** Reads which features this process runs: all of them, unless some are named. */
export function readApps(reader: VariableReader): App[] {
  const value = reader.text('APPS', APPS.join(','));
  const names = value.split(',').map((name) => name.trim());
  const apps = APPS.filter((app) => names.includes(app));
  const unknown = names.some((name) => name !== '' && !APPS.some((app) => app === name));
  if (unknown || apps.length === 0) reader.refuse('APPS', value, `some of ${APPS.join(',')}`);
  return apps;
}
