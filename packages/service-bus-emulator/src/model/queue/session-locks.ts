import { assertRoom } from './assert-room.js';
import { BrokerError, sessionLockLost } from '../broker-error.js';
import { failDelivery } from './fail-delivery.js';
import { type Message } from './message.js';
import { type Queue } from './queue.js';
import { type Receiver } from './receiver.js';
import { type Session } from './session.js';
import { type PendingAccept, Sessions } from './sessions.js';

/** Who holds which session of a message queue, and the delivery inside sessions. */
export class SessionLocks {
  readonly #queue: Queue;
  readonly sessions: Sessions;
  /** Sessions with something to deliver, once all that is due has been done. */
  readonly #heldBack = new Set<Session>();

  constructor(queue: Queue) {
    this.#queue = queue;
    this.sessions = new Sessions(queue.timers, queue.context);
  }

  /** @throws BrokerError session-cannot-be-locked if another receiver holds it; the receiver is then detached */
  accept(nowMs: number, receiver: Receiver, sessionId: string): void {
    if (!receiver.attached) return;
    const session = this.sessions.open(sessionId);
    if (session.lockedBy) {
      this.#queue.detach(nowMs, receiver, false);
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
    else this.sessions.wait(receiver, untilMs);
    this.#queue.reschedule();
  }

  acceptTimedOut({ receiver }: PendingAccept): void {
    const error = new BrokerError('com.microsoft:timeout', 'No session became available before the timeout.');
    this.#queue.receivers.dismiss(receiver, error);
  }

  /** Makes a message part of its session; one that comes back is so already. */
  join(message: Message): void {
    if (message.session) return;
    message.session = this.sessions.open(message.content.sessionId ?? '');
    message.session.messageCount += 1;
  }

  /** A message of this session is stored no more. */
  left(session: Session): void {
    session.messageCount -= 1;
    this.sessions.offer(session);
    this.sessions.forgetIfEmpty(session);
  }

  /** Delivers to the session's holder, or makes the session available. */
  deliverReady(nowMs: number, session: Session): void {
    const receiver = session.lockedBy;
    if (!receiver) return this.#offer(nowMs, session);
    const { holdingBack } = this.#queue.context;
    if (holdingBack) {
      holdingBack.add(this.#queue);
      this.#heldBack.add(session);
      return;
    }
    while (receiver.credit > 0) {
      const message = session.ready.take();
      if (!message) return;
      this.#queue.deliver(nowMs, message, receiver);
    }
  }

  deliverHeldBack(nowMs: number): void {
    for (const session of this.#heldBack) if (session.lockedBy) this.deliverReady(nowMs, session);
    this.#heldBack.clear();
  }

  /** @throws BrokerError session-lock-lost, entity-disabled */
  renew(nowMs: number, sessionId: string): Session {
    const session = this.held(sessionId);
    session.lockedUntilMs = nowMs + this.#queue.settings.lockDurationMs;
    for (const { lock } of session.locked) if (lock) lock.untilMs = session.lockedUntilMs;
    this.sessions.timers.set(session, session.lockedUntilMs);
    this.#queue.reschedule();
    return session;
  }

  /** @throws BrokerError session-lock-lost if nobody holds it, entity-disabled */
  held(sessionId: string): Session {
    this.#queue.receivers.use();
    const session = this.sessions.get(sessionId);
    if (!session?.lockedBy) throw sessionLockLost(sessionId);
    return session;
  }

  /** Keeps something for the session's next holder; undefined clears it. @throws BrokerError session-lock-lost, resource-limit-exceeded */
  setState(nowMs: number, sessionId: string, state: Uint8Array | undefined): void {
    const session = this.held(sessionId);
    const { context } = this.#queue;
    assertRoom(context, (state?.length ?? 0) - (session.state?.length ?? 0));
    this.sessions.setState(session, nowMs, state);
    this.#queue.context.journal.sessionChanged(this.#queue.address, session);
  }

  /** Takes back a state that was set before. */
  restoreState(sessionId: string, state: Uint8Array, stateUpdatedAtMs: number): void {
    const session = this.sessions.open(sessionId);
    this.sessions.setState(session, stateUpdatedAtMs, state);
  }

  lockExpired(nowMs: number, session: Session): void {
    if (session.lockedBy) this.#queue.receivers.dismiss(session.lockedBy, sessionLockLost(session.id));
    this.#free(nowMs, session, true);
  }

  /** The holder is gone: what it had not settled is as if it had not been delivered. */
  release(nowMs: number, session: Session): void {
    this.#free(nowMs, session, false);
  }

  #grant(nowMs: number, session: Session, receiver: Receiver): void {
    this.sessions.withdraw(session);
    session.lockedBy = receiver;
    session.lockedUntilMs = nowMs + this.#queue.settings.lockDurationMs;
    receiver.session = session;
    this.sessions.timers.set(session, session.lockedUntilMs);
    this.#queue.context.effects.push({ type: 'session-granted', receiver, session });
    this.deliverReady(nowMs, session);
  }

  /** The former holder must have no credit: it stays in place until all it held has come back. */
  #free(nowMs: number, session: Session, isFailure: boolean): void {
    this.sessions.timers.delete(session);
    for (const message of [...session.locked]) failDelivery(this.#queue, nowMs, message, isFailure);
    if (session.lockedBy) session.lockedBy.session = undefined;
    session.lockedBy = undefined;
    this.#offer(nowMs, session);
    this.sessions.forgetIfEmpty(session);
  }

  #offer(nowMs: number, session: Session): void {
    this.sessions.offer(session);
    if (!this.sessions.hasPending) return;
    const available = this.sessions.takeAvailable();
    const receiver = available && this.sessions.takePending();
    if (receiver) this.#grant(nowMs, available, receiver);
  }
}
