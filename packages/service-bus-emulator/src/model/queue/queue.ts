import { acceptArrival } from './accept-arrival.js';
import { type BrokerError } from '../broker-error.js';
import { Deadlines, type Timed } from '../collections/deadlines.js';
import { type Destination } from './destination.js';
import { expire } from './expire.js';
import { happen } from './happen.js';
import { type Arrival, type Message } from './message.js';
import { MessageLocks } from './message-locks.js';
import { MessageStore } from './message-store.js';
import { type Due, type QueueContext } from './queue-context.js';
import { QueueReceivers } from './queue-receivers.js';
import { type QueueSettings } from './queue-settings.js';
import { ReadyMessages } from './ready-messages.js';
import { type Receiver } from './receiver.js';
import { SessionLocks } from './session-locks.js';
import { type Outcome, settle } from './settle.js';
import { type StorageMeter } from './storage-meter.js';

export { type Outcome } from './settle.js';

/**
 * The messages of one place that can be received from (a queue, a subscription, or the dead-letter queue of
 * either), and the rules by which they are delivered, locked and settled.
 */
export class Queue implements Due, Destination {
  duePosition = -1;
  readonly dueRank = 0;

  readonly store: MessageStore;
  readonly sessions: SessionLocks | undefined;
  /** Where dead letters go; undefined in a dead-letter queue, which has no further one. */
  deadLetterTo: Destination | undefined;
  /** Where messages go instead of waiting here for receivers. */
  forwardTo: Destination | undefined;
  /** Where a scheduled message goes when its time has come. */
  activateTo: Destination = this;

  readonly timers = new Deadlines<Timed>();
  readonly locks = new MessageLocks(this);
  readonly receivers = new QueueReceivers(this);
  readonly #ready = new ReadyMessages();

  constructor(
    readonly address: string,
    public settings: QueueSettings,
    readonly context: QueueContext,
    meter: StorageMeter,
  ) {
    this.store = new MessageStore(address, context, meter);
    this.sessions = settings.requiresSession ? new SessionLocks(this) : undefined;
  }

  /** Stores a message, or passes it on; returns its sequence number here. */
  accept(nowMs: number, arrival: Arrival): number {
    return acceptArrival(this, nowMs, arrival);
  }

  /** Puts a message in line for delivery, or ends it if its time to live is over. */
  makeReady(nowMs: number, message: Message): void {
    if (message.expiresAtMs <= nowMs) return expire(this, nowMs, message);
    if (this.forwardTo) {
      this.remove(message);
      return this.forwardTo.accept(nowMs, message.moving());
    }
    this.#wait(message);
    if (message.session) this.sessions?.deliverReady(nowMs, message.session);
    else this.deliverReady(nowMs);
    this.reschedule();
  }

  #wait(message: Message): void {
    this.timers.set(message, message.expiresAtMs);
    this.sessions?.join(message);
    (message.session?.ready ?? this.#ready).add(message);
  }

  /** Takes in a message that was stored before; what has become due of it meanwhile is done by `advance`. */
  restore(message: Message): void {
    this.store.insert(message);
    if (message.state === 'scheduled') this.timers.set(message, message.content.scheduledEnqueueTimeMs ?? 0);
    else if (message.state === 'deferred') this.sessions?.join(message);
    else this.#wait(message);
    if (message.session) this.sessions?.sessions.offer(message.session);
    this.reschedule();
  }

  /** Takes new settings over: what they do not allow any more ends, what waits is forwarded. */
  configure(nowMs: number, settings: QueueSettings): void {
    this.settings = settings;
    this.receivers.dismissIfClosed(nowMs);
    for (let message = this.forwardTo && this.#ready.take(); message; message = this.#ready.take()) {
      this.makeReady(nowMs, message);
    }
    this.reschedule();
  }

  /** @throws BrokerError not-found, entity-disabled, not-allowed (it forwards its messages) */
  attach(receiver: Receiver): void {
    this.receivers.attach(receiver);
  }

  /** Sets a receiver's credit; a drain gives the unused part of it back at once. */
  flow(nowMs: number, receiver: Receiver, credit: number, drain: boolean): void {
    this.receivers.flow(nowMs, receiver, credit, drain);
    this.reschedule();
  }

  /** Locks outlive their link, unless `releaseLocks`; a session never outlives its receiver's link. */
  detach(nowMs: number, receiver: Receiver, releaseLocks: boolean): void {
    this.receivers.detach(nowMs, receiver, releaseLocks);
    this.reschedule();
  }

  /** Delivers while there are both messages and receivers with credit, one message a receiver in turn. */
  deliverReady(nowMs: number): void {
    if (this.context.holdingBack) return void this.context.holdingBack.add(this);
    if (this.sessions) return this.sessions.deliverHeldBack(nowMs);
    const { line } = this.receivers;
    for (let receiver = line.first; receiver; receiver = line.first) {
      const message = this.#ready.take();
      if (!message) return;
      this.deliver(nowMs, message, receiver);
      line.next();
    }
  }

  deliver(nowMs: number, message: Message, receiver: Receiver): void {
    receiver.credit -= 1;
    if (receiver.mode === 'receive-and-delete') this.remove(message);
    else this.locks.lock(nowMs, message, receiver);
    this.context.effects.push({ type: 'deliver', receiver, message, lockId: message.lockId });
  }

  /** @throws BrokerError message-lock-lost, entity-disabled, not-allowed (a message of a session) */
  renewLock(nowMs: number, lockId: number): Message {
    this.receivers.use();
    const message = this.locks.renew(nowMs, lockId);
    this.reschedule();
    return message;
  }

  /** @throws BrokerError message-lock-lost, entity-disabled, not-allowed (dead-lettering a dead letter) */
  settle(nowMs: number, lockId: number, outcome: Outcome): void {
    this.receivers.use();
    settle(this, nowMs, lockId, outcome);
    this.reschedule();
  }

  deadLetter(nowMs: number, message: Message, content: Message['content']): void {
    this.remove(message);
    this.deadLetterTo?.accept(nowMs, message.moving(content));
  }

  /** Removes a message, which must not be locked. */
  remove(message: Message): void {
    this.timers.delete(message);
    if (message.ready) (message.session?.ready ?? this.#ready).drop(message);
    this.store.remove(message);
    if (message.session) this.sessions?.left(message.session);
  }

  advance(nowMs: number): void {
    for (let due = this.timers.takeDue(nowMs); due; due = this.timers.takeDue(nowMs)) {
      happen(this, nowMs, due);
    }
    this.reschedule();
  }

  /** Tells the namespace when this queue next has something to do. */
  reschedule(): void {
    const { agenda } = this.context;
    if (this.timers.nextMs !== agenda.dueAtMs(this)) agenda.set(this, this.timers.nextMs);
  }

  /** Ends everything: receivers are told why, messages and sessions are forgotten. */
  close(error: BrokerError): void {
    this.receivers.close(error);
    this.locks.clear();
    this.#ready.clear();
    this.sessions?.sessions.clear();
    this.timers.clear();
    this.store.clear();
    this.context.agenda.delete(this);
  }
}
