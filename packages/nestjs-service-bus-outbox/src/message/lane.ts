import { stableHash, stableHash32 } from './stable-hash.js';
import { type StoredMessage } from './outbox-message.js';

/**
 * Lanes of one destination. Fixed: during an upgrade, processes of two versions must put one key into the same lane, or
 * its messages would lose their order.
 */
export const LANES_PER_DESTINATION = 16;

/**
 * The lane that a message waits in: one of its destination's, all messages of one key in the same. A lane is delivered by
 * one process at a time, its messages in the order of their ids; different lanes know nothing of each other.
 */
export function laneOf({ destination, orderingKey, messageId }: StoredMessage): number {
  const first = stableHash32(destination) & ~(LANES_PER_DESTINATION - 1);
  const place = stableHash32(orderingKey ?? messageId) & (LANES_PER_DESTINATION - 1);
  return first | place | 0;
}

/** The advisory lock that puts the transactions of one key in order. */
export function orderingLock(outbox: string, { destination, orderingKey }: StoredMessage): string {
  return stableHash(`${outbox}\n${destination}\n${orderingKey}`);
}
