import { type Assignment, type Running } from './running.js';
import { startTransport } from './transport.js';

/** Checks payloads as little as the hand-written loops do: what is left is the transport's own cost. */
export function start(assignment: Assignment): Promise<Running> {
  return startTransport(assignment);
}
