import { type Assignment, type Running } from './running.js';
import { startBatches } from './sdk-batches.js';

/** Batches by hand, without lock renewal: safe only for handlers that end before their lock does. */
export function start(assignment: Assignment): Promise<Running> {
  return Promise.resolve(startBatches(assignment, { maxAutoLockRenewalDurationInMs: 0 }));
}
