import { createHash } from 'node:crypto';

import { type DeskMessage } from '../message/desk-message.js';

/**
 * Returns the id of a copy. It is the same for each copy of one dead letter, so that duplicate detection drops a second
 * one. It is not the original's: that one may be remembered. And a message that fails again, and is given back again,
 * has another sequence number by then.
 */
export function derivedId(message: DeskMessage, entity: string): string {
  const { messageId = '', sequenceNumber, enqueuedTime } = message;
  // Where an entity was deleted and made anew, numbers begin anew too: then the time tells.
  const parts = [entity.toLowerCase(), String(sequenceNumber), enqueuedTime?.getTime() ?? 0, messageId];
  return `resubmit-${createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 40)}`;
}
