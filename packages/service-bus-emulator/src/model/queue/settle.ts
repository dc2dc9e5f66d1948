import { BrokerError, messageLockLost } from '../broker-error.js';
import { deadLetterContent } from './dead-letter-content.js';
import { failDelivery } from './fail-delivery.js';
import { type PropertyChanges } from '../filter/values/property-value.js';
import { type Queue } from './queue.js';

/** What a receiver has decided about a message that it holds. */
export type Outcome =
  | { readonly type: 'complete' }
  | { readonly type: 'abandon' | 'defer'; readonly changes?: PropertyChanges | undefined }
  | {
      readonly type: 'dead-letter';
      readonly reason?: string | undefined;
      readonly description?: string | undefined;
      readonly changes?: PropertyChanges | undefined;
    };

/**
 * Ends a lock in the way that its holder has decided.
 * @throws BrokerError message-lock-lost, not-allowed (dead-lettering in a dead-letter queue)
 */
export function settle(queue: Queue, nowMs: number, lockId: number, outcome: Outcome): void {
  const message = queue.locks.get(lockId);
  if (!message) throw messageLockLost();
  if (outcome.type === 'complete') {
    queue.locks.unlock(message);
    return queue.remove(message);
  }
  if (outcome.type === 'dead-letter' && !queue.deadLetterTo) {
    throw new BrokerError(
      'amqp:not-allowed',
      'A message in a dead-letter queue cannot be dead-lettered again.',
    );
  }
  // Before anything is changed: properties that cannot be written must leave the message as it was.
  const content = outcome.changes ? message.content.withProperties(outcome.changes) : message.content;
  if (outcome.type === 'dead-letter') {
    const { reason, description } = outcome;
    queue.locks.unlock(message);
    return queue.deadLetter(nowMs, message, deadLetterContent(content, reason, description));
  }
  queue.store.setContent(message, content);
  if (outcome.type === 'abandon') return failDelivery(queue, nowMs, message);
  queue.locks.unlock(message);
  queue.store.setState(message, 'deferred');
  queue.store.changed(message);
}
