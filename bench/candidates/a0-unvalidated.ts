import { type Assignment, type Running } from './running.js';
import { startTransport } from './transport.js';

/** A without validation, like the hand-written loops: shows the transport's own cost. */
export function start(assignment: Assignment): Promise<Running> {
  return startTransport(assignment);
}
