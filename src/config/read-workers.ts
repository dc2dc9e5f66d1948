import { availableParallelism } from 'node:os';

import { type VariableReader } from './variable-reader.js';

const MOST = 64;

/** Reads how many processes share the work; `auto` is one for each processor core. */
export function readWorkers(reader: VariableReader): number {
  const value = reader.text('WORKERS', '1');
  if (value === 'auto') return Math.min(availableParallelism(), MOST);
  if (/^\d{1,2}$/.test(value) && Number(value) >= 1 && Number(value) <= MOST) return Number(value);
  reader.refuse('WORKERS', value, `1 to ${MOST}, or auto for one on each processor core`);
  return 1;
}
