import { readFile } from 'node:fs/promises';

import { type CommandResult, RepositoryCopy } from '../app/repository-copy.js';

/** Runs `npm run new:app` with these arguments. */
export type NewApp = (...args: string[]) => Promise<CommandResult>;

/** A copy of the repository, and its command that makes an app. */
export async function copyWithCommand(): Promise<{ copy: RepositoryCopy; newApp: NewApp }> {
  const { scripts } = JSON.parse(await readFile('package.json', 'utf8')) as {
    scripts: Record<string, string>;
  };
  const [, ...command] = (scripts['new:app'] ?? '').split(' ');
  const copy = await RepositoryCopy.make();
  return { copy, newApp: (...args) => copy.node(...command, ...args) };
}
