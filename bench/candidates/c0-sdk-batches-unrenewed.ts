import { type Assignment, type Running } from './running.js';
import { startBatches } from './sdk-batches.js';

/** Batches by hand, and no lock renewal: only for handlers that never take as long as a lock. */
export function start(assignment: Assignment): Promise<Running> {
  return Promise.resolve(startBatches(assignment, { maxAutoLockRenewalDurationInMs: 0 }));
}
