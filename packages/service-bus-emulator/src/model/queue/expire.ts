import { deadLetterContent } from './dead-letter-content.js';
import { type Message } from './message.js';
import { type Queue } from './queue.js';

/** Ends a message whose time to live is over. */
export function expire(queue: Queue, nowMs: number, message: Message): void {
  if (!queue.settings.deadLetteringOnMessageExpiration) return queue.remove(message);
  const description = 'The message expired and was dead lettered.';
  queue.deadLetter(nowMs, message, deadLetterContent(message.content, 'TTLExpiredException', description));
}
