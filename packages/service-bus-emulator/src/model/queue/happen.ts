import { type Timed } from '../collections/deadlines.js';
import { expire } from './expire.js';
import { failDelivery } from './fail-delivery.js';
import { Message } from './message.js';
import { type Queue } from './queue.js';
import { type Session } from './session.js';
import { PendingAccept } from './sessions.js';

/** Does what is due in a queue: an activation, the end of a lock or of a session's, an expiry, the end of a wait. */
export function happen(queue: Queue, nowMs: number, due: Timed): void {
  if (due instanceof PendingAccept) queue.sessions?.acceptTimedOut(due);
  else if (!(due instanceof Message)) queue.sessions?.lockExpired(nowMs, due as Session);
  else if (due.state === 'scheduled') activate(queue, nowMs, due);
  else if (due.lockId !== 0) failDelivery(queue, nowMs, due);
  else expire(queue, nowMs, due);
}

function activate(queue: Queue, nowMs: number, message: Message): void {
  const { content, hops, deadLetterSource } = message;
  queue.remove(message);
  // [Service Bus: a scheduled message gets a new sequence number when it is enqueued]
  queue.activateTo.accept(nowMs, { content, hops, deadLetterSource });
}
