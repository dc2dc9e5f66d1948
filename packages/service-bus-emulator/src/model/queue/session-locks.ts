import { BrokerError, sessionLockLost } from '../broker-error.js';
import { assertMemoryFor } from './memory.js';
import { type Message, type MessageSession } from './message.js';
import { type PostponedDelivery } from './queue-context.js';
import { type QueueCore } from './queue-core.js';
import { type QueueReceivers } from './queue-receivers.js';
import { type Receiver } from './receiver.js';
import { Sessions } from './sessions.js';

/** What sessions need of the message queue whose messages they group. */
export interface SessionQueue extends QueueCore, PostponedDelivery {
  readonly receivers: QueueReceivers;
  deliver(nowMs: number, message: Message, receiver: Receiver): void;
  failDelivery(nowMs: number, message: Message, isCounted: boolean): void;
  reschedule(): void;
}

/** Who holds which session of a message queue, and the delivery inside sessions. */
export class SessionLocks {
  readonly #queue: SessionQueue;
  readonly sessions: Sessions;
  /** Sessions with something to deliver, once everything that is due has been done. */
  readonly #postponed = new Set<MessageSession>();

  constructor(queue: SessionQueue) {
    this.#queue = queue;
    this.sessions = new Sessions(queue.context, queue.settings.isPartitioned);
  }

  /**
   * Gives a session to a receiver, which is detached if another one holds the session.
   * @throws BrokerError session-cannot-be-locked
   */
  accept(nowMs: number, receiver: Receiver, sessionId: string): void {
    if (!receiver.attached) return;
    const session = this.sessions.open(sessionId);
    if (session.lockedBy) {
      this.#queue.receivers.leave(receiver);
      throw new BrokerError(
        'com.microsoft:session-cannot-be-locked',
        `The requested session '${sessionId}' cannot be accepted. It may be locked by another receiver.`,
      );
    }
    this.#grant(nowMs, session, receiver);
    this.#queue.reschedule();
  }

  /** Grants the free session with the oldest message, now or as soon as there is one before `untilMs`. */
  acceptNext(nowMs: number, receiver: Receiver, untilMs: number): void {
    if (!receiver.attached) return;
    const session = this.sessions.takeAvailable();
    if (session) this.#grant(nowMs, session, receiver);
    else this.#queue.receivers.waitForSession(receiver, untilMs);
    this.#queue.reschedule();
  }

  acceptTimedOut(receiver: Receiver): void {
    const error = new BrokerError('com.microsoft:timeout', 'No session became available before the timeout.');
    this.#queue.receivers.dismiss(receiver, error);
  }

  /** Adds a message to its session, unless it belongs to it already. */
  join(message: Message): void {
    if (message.session) return;
    message.session = this.sessions.open(message.content.sessionId ?? '');
    message.session.messageCount += 1;
  }

  /** A message of this session has left the store. */
  left(session: MessageSession): void {
    session.messageCount -= 1;
    this.sessions.offer(session);
    this.sessions.forgetIfEmpty(session);
  }

  /** Delivers to the session's holder, or makes the session available. */
  deliverReady(nowMs: number, session: MessageSession): void {
    const receiver = session.lockedBy;
    if (!receiver) return this.#offer(nowMs, session);
    const { postponed } = this.#queue.context;
    if (postponed) {
      postponed.add(this.#queue);
      this.#postponed.add(session);
      return;
    }
    while (receiver.credit > 0) {
      const message = session.ready.take();
      if (!message) return;
      this.#queue.deliver(nowMs, message, receiver);
    }
  }

  deliverPostponed(nowMs: number): void {
    for (const session of this.#postponed) if (session.lockedBy) this.deliverReady(nowMs, session);
    this.#postponed.clear();
  }

  /** @throws BrokerError session-lock-lost, entity-disabled */
  renew(nowMs: number, sessionId: string): MessageSession {
    const session = this.held(sessionId);
    session.lockedUntilMs = nowMs + this.#queue.settings.lockDurationMs;
    for (const { lock } of session.locked) if (lock) lock.untilMs = session.lockedUntilMs;
    this.#queue.timers.set(session, session.lockedUntilMs);
    this.#queue.reschedule();
    return session;
  }

  /** @throws BrokerError session-lock-lost if nobody holds it, entity-disabled */
  held(sessionId: string): MessageSession {
    this.#queue.receivers.use();
    const session = this.sessions.get(sessionId);
    if (!session?.lockedBy) throw sessionLockLost(sessionId);
    return session;
  }

  heldBy({ session }: Receiver): MessageSession | undefined {
    return session && this.sessions.get(session.id);
  }

  /**
   * Stores something for the session's next holder; undefined clears it.
   * @throws BrokerError session-lock-lost, resource-limit-exceeded
   */
  setState(nowMs: number, sessionId: string, state: Uint8Array | undefined): void {
    const session = this.held(sessionId);
    const { context, address } = this.#queue;
    assertMemoryFor(context, (state?.length ?? 0) - (session.state?.length ?? 0));
    this.sessions.setState(session, nowMs, state);
    context.journal.sessionChanged(address, session);
  }

  /** Restores a state from the journal's records. */
  restoreState(sessionId: string, state: Uint8Array, stateUpdatedAtMs: number): void {
    const session = this.sessions.open(sessionId);
    this.sessions.setState(session, stateUpdatedAtMs, state);
  }

  lockExpired(nowMs: number, session: MessageSession): void {
    if (session.lockedBy) this.#queue.receivers.dismiss(session.lockedBy, sessionLockLost(session.id));
    this.#free(nowMs, session, true);
  }

  /** Frees the session of a receiver that has left: its unsettled messages count as not delivered. */
  release(nowMs: number, receiver: Receiver): void {
    const session = this.heldBy(receiver);
    if (session) this.#free(nowMs, session, false);
  }

  #grant(nowMs: number, session: MessageSession, receiver: Receiver): void {
    this.sessions.withdraw(session);
    session.lockedBy = receiver;
    session.lockedUntilMs = nowMs + this.#queue.settings.lockDurationMs;
    receiver.session = session;
    this.#queue.timers.set(session, session.lockedUntilMs);
    this.#queue.context.effects.push({ type: 'session-granted', receiver, session });
    this.deliverReady(nowMs, session);
  }

  /** The former holder must have no credit: it stays the holder until all its messages have come back. */
  #free(nowMs: number, session: MessageSession, isFailure: boolean): void {
    this.#queue.timers.delete(session);
    for (const message of [...session.locked]) this.#queue.failDelivery(nowMs, message, isFailure);
    if (session.lockedBy) session.lockedBy.session = undefined;
    session.lockedBy = undefined;
    this.#offer(nowMs, session);
    this.sessions.forgetIfEmpty(session);
  }

  #offer(nowMs: number, session: MessageSession): void {
    this.sessions.offer(session);
    if (!this.#queue.receivers.hasWaiting) return;
    const available = this.sessions.takeAvailable();
    const receiver = available && this.#queue.receivers.takeWaiting();
    if (receiver) this.#grant(nowMs, available, receiver);
  }
}
