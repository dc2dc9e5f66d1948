import { BrokerError, messageLockLost } from '../broker-error.js';
import { Deadlines, type Timed } from '../collections/deadlines.js';
import { type Arrival, type Destination } from './arrival.js';
import { deadLetterContent } from './dead-letter-content.js';
import { Message, type MessageSession } from './message.js';
import { type MessageContent } from './message-content.js';
import { MessageLocks } from './message-locks.js';
import { MessageStore } from './message-store.js';
import { type Outcome } from './outcome.js';
import { type Due, type QueueContext } from './queue-context.js';
import { PartitionedMessages } from './partitioned-messages.js';
import { type QueueSettings } from './queue-core.js';
import { QueueReceivers } from './queue-receivers.js';
import { ReceiverCount } from './receiver-count.js';
import { ReadyMessages } from './ready-messages.js';
import { Receiver, type ReceiverQueue } from './receiver.js';
import { SessionLocks, type SessionQueue } from './session-locks.js';
import { type StorageMeter } from './storage-meter.js';
import { validateProperties } from './validate-properties.js';

/**
 * The messages of one place that can be received from (a queue, a subscription, or the dead-letter queue of
 * either), and the rules by which they are delivered, locked and settled.
 *
 * A message arrives (`accept`), becomes ready (`makeReady`), is delivered, and leaves by one of its transitions:
 * settled, expired, failed too often (`failDelivery`), forwarded, dead-lettered or deleted.
 */
export class Queue implements Due, Destination, ReceiverQueue, SessionQueue {
  duePosition = -1;
  readonly dueRank = 0;

  readonly store: MessageStore;
  readonly sessions: SessionLocks | undefined;
  /** Where dead letters go; undefined in a dead-letter queue, which has no dead-letter queue of its own. */
  deadLetterTo: Destination | undefined;
  /** Where messages go instead of waiting here for receivers. */
  forwardTo: Destination | undefined;
  /** Where a scheduled message goes at its time. */
  activateTo: Destination = this;

  readonly timers = new Deadlines<Timed>();
  readonly locks = new MessageLocks(this);
  readonly receivers: QueueReceivers;
  /** Messages without a session that can be delivered; those of a session wait in it. */
  readonly #ready: ReadyMessages<Message> | PartitionedMessages<Message>;

  constructor(
    readonly address: string,
    public settings: QueueSettings,
    readonly context: QueueContext,
    meter: StorageMeter,
    receiverCount = new ReceiverCount(),
  ) {
    this.#ready = settings.isPartitioned ? new PartitionedMessages() : new ReadyMessages();
    this.receivers = new QueueReceivers(this, receiverCount);
    this.store = new MessageStore(address, context, meter);
    this.sessions = settings.requiresSession ? new SessionLocks(this) : undefined;
  }

  // Receivers

  /** @throws BrokerError not-found, entity-disabled, not-allowed (it forwards its messages) */
  attach(receiver: Receiver): void {
    this.receivers.attach(receiver);
  }

  /** Sets a receiver's credit; a drain takes the unused part of it back at once. */
  flow(nowMs: number, receiver: Receiver, credit: number, drain: boolean): void {
    if (!receiver.attached) return;
    this.receivers.setCredit(receiver, credit);
    const session = this.sessions?.heldBy(receiver);
    if (session) {
      this.sessions?.deliverReady(nowMs, session);
    } else if (!this.sessions) {
      this.receivers.line.update(receiver);
      this.deliverReady(nowMs);
    }
    if (drain) this.receivers.drain(receiver);
    this.reschedule();
  }

  /** Message locks outlive their link, unless `releaseLocks`; a session lock always ends with its link. */
  detach(nowMs: number, receiver: Receiver, releaseLocks: boolean): void {
    if (!receiver.attached) return;
    this.receivers.leave(receiver);
    if (receiver.session) this.sessions?.release(nowMs, receiver);
    else if (releaseLocks) {
      for (const message of this.locks.heldBy(receiver)) this.failDelivery(nowMs, message);
    }
    this.reschedule();
  }

  // Transitions of a message

  /** Schedules, forwards or stores a message; returns its sequence number here. */
  accept(nowMs: number, arrival: Arrival): number {
    const { timeToLiveMs = Infinity, scheduledEnqueueTimeMs = 0 } = arrival.content;
    const { isDeadLetterQueue, defaultTimeToLiveMs } = this.settings;
    if (scheduledEnqueueTimeMs > nowMs) {
      const scheduled = this.store.add(nowMs, Infinity, 'scheduled', arrival);
      this.timers.set(scheduled, scheduledEnqueueTimeMs);
      this.reschedule();
      return scheduled.sequenceNumber;
    }
    if (this.forwardTo) {
      const sequenceNumber = this.store.takeSequenceNumber(arrival.partition);
      const { enqueuedSequenceNumber = sequenceNumber } = arrival;
      const identity = { sequenceNumber, enqueuedTimeMs: nowMs, deliveryCount: 0 };
      this.forwardTo.accept(nowMs, { ...arrival, enqueuedSequenceNumber, identity });
      return sequenceNumber;
    }
    // [Service Bus: the time to live is not observed in a dead-letter queue]
    const lifeMs = isDeadLetterQueue
      ? Infinity
      : Math.min(timeToLiveMs, defaultTimeToLiveMs, arrival.maxTimeToLiveMs ?? Infinity);
    const message = this.store.add(nowMs, nowMs + lifeMs, 'active', arrival);
    this.makeReady(nowMs, message);
    return message.sequenceNumber;
  }

  /** Puts a message in line for delivery; expires or forwards it instead where that is due. */
  makeReady(nowMs: number, message: Message): void {
    if (message.expiresAtMs <= nowMs) return this.expire(nowMs, message);
    if (this.forwardTo) {
      this.remove(message);
      return this.forwardTo.accept(nowMs, message.moving());
    }
    this.#enqueue(message);
    if (message.session) this.sessions?.deliverReady(nowMs, message.session);
    else this.deliverReady(nowMs);
    this.reschedule();
  }

  /** Delivers while there are both messages and receivers with credit, one message a receiver in turn. */
  deliverReady(nowMs: number): void {
    if (this.context.postponed) return void this.context.postponed.add(this);
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

  /**
   * Ends a lock as its holder has decided.
   * @throws BrokerError message-lock-lost, entity-disabled, not-allowed (dead-lettering a dead letter),
   * message-size-exceeded or internal-error (the changed properties are too large)
   */
  settle(nowMs: number, lockId: number, outcome: Outcome): void {
    this.receivers.use();
    const message = this.locks.get(lockId);
    if (!message) throw messageLockLost();
    if (outcome.type === 'complete') {
      this.locks.unlock(message);
      this.remove(message);
    } else {
      this.#settleIncomplete(nowMs, message, outcome);
    }
    this.reschedule();
  }

  #settleIncomplete(
    nowMs: number,
    message: Message,
    outcome: Exclude<Outcome, { readonly type: 'complete' }>,
  ): void {
    if (outcome.type === 'dead-letter' && !this.deadLetterTo) {
      throw new BrokerError(
        'amqp:not-allowed',
        'A message in a dead-letter queue cannot be dead-lettered again.',
      );
    }
    // Before anything else changes: if the properties cannot be written, the message has to stay as it was.
    const content = outcome.changes ? message.content.withProperties(outcome.changes) : message.content;
    if (outcome.changes) validateProperties(content);
    if (outcome.type === 'dead-letter') {
      const { reason, description } = outcome;
      this.locks.unlock(message);
      return this.#deadLetter(nowMs, message, deadLetterContent(content, reason, description));
    }
    this.store.setContent(message, content);
    if (outcome.type === 'abandon') return this.failDelivery(nowMs, message);
    this.locks.unlock(message);
    // [Service Bus: deferring counts as a delivery (JavaScript SDK's live suite); in a dead-letter queue none is counted]
    if (!this.settings.isDeadLetterQueue) message.deliveryCount += 1;
    this.store.setState(message, 'deferred');
    this.store.changed(message);
  }

  /** Ends a lock without success: the message becomes ready again, or a dead letter after too many deliveries. */
  failDelivery(nowMs: number, message: Message, isCounted = true): void {
    const { isDeadLetterQueue, maxDeliveryCount } = this.settings;
    this.locks.unlock(message);
    if (isCounted && !isDeadLetterQueue) {
      message.deliveryCount += 1;
      const attempts = message.deliveryCount;
      if (attempts >= maxDeliveryCount) {
        const description = `Message could not be consumed after ${attempts} delivery attempts.`;
        const content = deadLetterContent(message.content, 'MaxDeliveryCountExceeded', description);
        return this.#deadLetter(nowMs, message, content);
      }
    }
    this.store.changed(message);
    // [Service Bus: a deferred message stays deferred, however often it is received]
    if (message.state === 'active') this.makeReady(nowMs, message);
  }

  /** Removes or dead-letters a message whose time to live is over. */
  expire(nowMs: number, message: Message): void {
    if (!this.settings.deadLetteringOnMessageExpiration) return this.remove(message);
    const description = 'The message expired and was dead lettered.';
    this.#deadLetter(nowMs, message, deadLetterContent(message.content, 'TTLExpiredException', description));
  }

  #activate(nowMs: number, message: Message): void {
    this.remove(message);
    this.activateTo.accept(nowMs, message.activated());
  }

  #deadLetter(nowMs: number, message: Message, content: MessageContent): void {
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

  #enqueue(message: Message): void {
    this.timers.set(message, message.expiresAtMs);
    this.sessions?.join(message);
    (message.session?.ready ?? this.#ready).add(message);
  }

  // Time

  /** Does what is due: activates, expires, ends locks of messages and sessions, ends waits for a session. */
  advance(nowMs: number): void {
    for (let due = this.timers.takeDue(nowMs); due; due = this.timers.takeDue(nowMs)) {
      this.#doDue(nowMs, due);
    }
    this.reschedule();
  }

  #doDue(nowMs: number, due: Timed): void {
    if (due instanceof Message) {
      if (due.state === 'scheduled') this.#activate(nowMs, due);
      else if (due.lockId !== 0) this.failDelivery(nowMs, due);
      else this.expire(nowMs, due);
    } else if (due instanceof Receiver) this.sessions?.acceptTimedOut(due);
    else this.sessions?.lockExpired(nowMs, due as MessageSession);
  }

  deliverPostponed(nowMs: number): void {
    if (this.sessions) this.sessions.deliverPostponed(nowMs);
    else this.deliverReady(nowMs);
    this.reschedule();
  }

  /** Tells the namespace when this queue next has something to do. */
  reschedule(): void {
    const { agenda } = this.context;
    if (this.timers.nextMs !== agenda.dueAtMs(this)) agenda.set(this, this.timers.nextMs);
  }

  // Life of the queue

  /** Restores a message from the journal's records; `advance` does what has become due of it meanwhile. */
  restore(message: Message): void {
    this.store.insert(message);
    if (message.state === 'scheduled') this.timers.set(message, message.content.scheduledEnqueueTimeMs ?? 0);
    else if (message.state === 'deferred') this.sessions?.join(message);
    else this.#enqueue(message);
    if (message.session) this.sessions?.sessions.offer(message.session);
    this.reschedule();
  }

  /** Adopts new settings: detaches receivers that they forbid, forwards what waits if it has to be forwarded. */
  configure(nowMs: number, settings: QueueSettings): void {
    this.settings = settings;
    const dismissed = this.receivers.dismissIfClosed();
    // Only now that no receiver is left to which a session could pass.
    for (const receiver of dismissed) this.sessions?.release(nowMs, receiver);
    for (let message = this.forwardTo && this.#ready.take(); message; message = this.#ready.take()) {
      this.makeReady(nowMs, message);
    }
    this.reschedule();
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
