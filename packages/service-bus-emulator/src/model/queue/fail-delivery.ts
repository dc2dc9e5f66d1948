import { deadLetterContent } from './dead-letter-content.js';
import { type Message } from './message.js';
import { type Queue } from './queue.js';

/** Ends a lock without success: the message waits again, or is dead-lettered when there were enough deliveries. */
export function failDelivery(queue: Queue, nowMs: number, message: Message, isCounted = true): void {
  const { isDeadLetterQueue, maxDeliveryCount } = queue.settings;
  queue.locks.unlock(message);
  if (isCounted && !isDeadLetterQueue) {
    message.deliveryCount += 1;
    const attempts = message.deliveryCount;
    if (attempts >= maxDeliveryCount) {
      const description = `Message could not be consumed after ${attempts} delivery attempts.`;
      const content = deadLetterContent(message.content, 'MaxDeliveryCountExceeded', description);
      return queue.deadLetter(nowMs, message, content);
    }
  }
  queue.store.changed(message);
  // [Service Bus: a deferred message stays deferred, however often it is received]
  if (message.state === 'active') queue.makeReady(nowMs, message);
}
