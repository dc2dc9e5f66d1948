import { BrokerError, messageLockLost } from '../broker-error.js';
import { type Message } from './message.js';
import { type QueueCore } from './queue-core.js';
import { type Receiver } from './receiver.js';

/** Which messages of a message queue are locked, and until when. */
export class MessageLocks {
  readonly #byId = new Map<number, Message>();
  readonly #queue: QueueCore;

  constructor(queue: QueueCore) {
    this.#queue = queue;
  }

  get size(): number {
    return this.#byId.size;
  }

  has(lockId: number): boolean {
    return this.#byId.has(lockId);
  }

  get(lockId: number): Message | undefined {
    return this.#byId.get(lockId);
  }

  /** The messages that a receiver has locked, the oldest first. */
  heldBy(receiver: Receiver): Message[] {
    const held = [...this.#byId.values()].filter(({ lockedBy }) => lockedBy === receiver);
    return held.sort((a, b) => a.sequenceNumber - b.sequenceNumber);
  }

  lock(nowMs: number, message: Message, receiver: Receiver | undefined): void {
    const { context, timers, settings } = this.#queue;
    const { session } = message;
    // In a session the session's lock expires, not the message's own.
    const untilMs = session ? session.lockedUntilMs : nowMs + settings.lockDurationMs;
    const id = context.nextLockId++;
    message.lock = { id, untilMs, holder: receiver };
    this.#byId.set(id, message);
    session?.locked.add(message);
    timers.set(message, session ? Infinity : untilMs);
  }

  unlock(message: Message): void {
    this.#byId.delete(message.lockId);
    message.session?.locked.delete(message);
    message.lock = undefined;
    this.#queue.timers.delete(message);
  }

  /** @throws BrokerError message-lock-lost, not-allowed (the session is locked, not the message) */
  renew(nowMs: number, lockId: number): Message {
    const message = this.#byId.get(lockId);
    if (!message?.lock) throw messageLockLost();
    if (message.session) {
      throw new BrokerError(
        'amqp:not-allowed',
        'The lock of a message in a session cannot be renewed: renew the lock of the session.',
      );
    }
    message.lock.untilMs = nowMs + this.#queue.settings.lockDurationMs;
    this.#queue.timers.set(message, message.lock.untilMs);
    return message;
  }

  clear(): void {
    this.#byId.clear();
  }
}
