import { recordAttempts } from './attempts.js';
import { settle } from './settle.js';
import { type Delivery } from './delivery.js';

/** Abandons a message, and writes down how many attempts at it have failed. */
export function giveBack(delivery: Delivery, failedAttempts: number): Promise<void> {
  return settle(delivery, {
    kind: 'abandon',
    properties: recordAttempts(delivery.message, failedAttempts, delivery.counting),
  });
}
