import { BrokerError, messageNotFound, sessionLockLost } from '../broker-error.js';
import { type Message, type MessageSession } from './message.js';
import { type Queue } from './queue.js';
import { type ReceiveMode } from './receiver.js';
import { type SessionLocks } from './session-locks.js';

/**
 * Returns messages from a sequence number on, in whatever state, without locking them; those of all sessions, unless
 * one is named.
 * @throws BrokerError entity-disabled
 */
export function peek(
  queue: Queue,
  fromSequenceNumber: number,
  maxCount: number,
  sessionId?: string,
): Message[] {
  queue.receivers.use();
  const found: Message[] = [];
  for (const message of queue.store.from(fromSequenceNumber)) {
    if (found.length >= maxCount) break;
    if (sessionId === undefined || message.content.sessionId === sessionId) found.push(message);
  }
  return found;
}

/**
 * Receives deferred messages by their sequence numbers: all of them or none. On an entity with sessions the
 * receiver has to hold their session, whose lock covers them.
 * @throws BrokerError message-not-found, session-lock-lost, not-allowed, entity-disabled
 */
export function receiveDeferred(
  queue: Queue,
  nowMs: number,
  sequenceNumbers: readonly number[],
  mode: ReceiveMode,
  sessionId?: string,
): Message[] {
  const session = queue.sessions && heldSession(queue.sessions, sessionId);
  queue.receivers.use();
  const messages = [...new Set(sequenceNumbers)].map((sequenceNumber) => {
    const message = queue.store.get(sequenceNumber);
    if (message?.state !== 'deferred' || message.lockId !== 0 || message.session !== session) {
      throw messageNotFound(sequenceNumber);
    }
    return message;
  });
  // [Service Bus: a deferred message that has expired is dead-lettered when it is asked for, not before]
  const expired = messages.filter(({ expiresAtMs }) => expiresAtMs <= nowMs);
  for (const message of expired) queue.expire(nowMs, message);
  if (expired[0]) throw messageNotFound(expired[0].sequenceNumber);

  for (const message of messages) {
    if (mode === 'receive-and-delete') queue.remove(message);
    else queue.locks.lock(nowMs, message, undefined);
  }
  queue.reschedule();
  return messages;
}

function heldSession(sessions: SessionLocks, sessionId: string | undefined): MessageSession {
  if (sessionId === undefined) {
    throw new BrokerError(
      'amqp:not-allowed',
      'A deferred message of an entity that requires sessions can only be received through its session.',
    );
  }
  return sessions.held(sessionId);
}

/** Removes scheduled messages: all of them or none. @throws BrokerError message-not-found */
export function cancelScheduled(queue: Queue, sequenceNumbers: readonly number[]): void {
  const messages = [...new Set(sequenceNumbers)].map((sequenceNumber) => {
    const message = queue.store.get(sequenceNumber);
    if (message?.state !== 'scheduled') throw messageNotFound(sequenceNumber);
    return message;
  });
  for (const message of messages) queue.remove(message);
  queue.reschedule();
}

/** Deletes up to so many unlocked active messages enqueued before a time, oldest first; returns how many. */
export function deleteMessages(
  queue: Queue,
  maxCount: number,
  enqueuedBeforeMs: number,
  sessionId?: string,
): number {
  queue.receivers.use();
  const doomed: Message[] = [];
  for (const message of queue.store.from(0)) {
    if (doomed.length >= maxCount) break;
    if (!message.ready || message.enqueuedTimeMs > enqueuedBeforeMs) continue;
    if (sessionId === undefined || message.content.sessionId === sessionId) doomed.push(message);
  }
  for (const message of doomed) queue.remove(message);
  queue.reschedule();
  return doomed.length;
}

/** @throws BrokerError not-allowed on an entity without sessions */
export function sessionLocks(queue: Queue): SessionLocks {
  if (!queue.sessions)
    throw new BrokerError('amqp:not-allowed', 'The entity does not have sessions enabled.');
  return queue.sessions;
}

/**
 * Checks the session that a settlement names. Without sessions, as in every dead-letter queue, a session id is a
 * property like others. @throws BrokerError session-lock-lost if a message of the session is settled without its lock
 */
export function assertSessionHeld(queue: Queue, sessionId: string | undefined): void {
  if (!queue.sessions || sessionId === undefined) return;
  if (!queue.sessions.sessions.get(sessionId)?.lockedBy) throw sessionLockLost(sessionId);
}
