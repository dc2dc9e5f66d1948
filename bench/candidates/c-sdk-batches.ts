import { type Assignment, type Running } from './running.js';
import { startBatches } from './sdk-batches.js';

/** Batches by hand, with the SDK's defaults otherwise. */
export function start(assignment: Assignment): Promise<Running> {
  return Promise.resolve(startBatches(assignment, {}));
}
