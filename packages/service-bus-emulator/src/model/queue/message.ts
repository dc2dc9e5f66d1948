import { type Timed } from '../collections/deadlines.js';
import { type Arrival } from './arrival.js';
import { type MessageContent } from './message-content.js';
import { type MessageState, type ReceivedMessage } from './received-message.js';
import { type Receiver } from './receiver.js';
import { partitionOf } from './sequence-numbers.js';
import { type Session } from './session.js';

/** A session of stored messages. */
export type MessageSession = Session<Message>;

/** The right to settle a message, for one delivery and for a limited time. */
export interface Lock {
  readonly id: number;
  untilMs: number;
  /** Who holds it; undefined for a lock taken through the management node. */
  readonly holder: Receiver | undefined;
}

/** A stored message and what the broker knows of it. */
export class Message implements Timed, ReceivedMessage {
  /** Due for activation while scheduled, for the end of its lock while locked, for expiry while ready. */
  duePosition = -1;

  content: MessageContent;
  state: MessageState = 'active';
  /** Deliveries that ended without success: the receiver abandoned or deferred the message, or its lock expired. */
  deliveryCount: number;
  readonly enqueuedSequenceNumber: number;
  readonly deadLetterSource: string | undefined;
  readonly hops: number;
  /** Whether it waited for the time it was scheduled for before it became active. */
  readonly wasScheduled: boolean;

  /** Waiting to be delivered; false while locked, deferred, scheduled or removed. */
  ready = false;
  lock: Lock | undefined;
  session: MessageSession | undefined;
  // Most messages never expire. For them this field holds no number, which saves memory in a queue of a million.
  readonly #expiresAtMs: number | undefined;

  constructor(
    readonly sequenceNumber: number,
    readonly enqueuedTimeMs: number,
    expiresAtMs: number,
    arrival: Arrival,
  ) {
    this.#expiresAtMs = expiresAtMs === Infinity ? undefined : expiresAtMs;
    this.content = arrival.content;
    this.deliveryCount = arrival.identity?.deliveryCount ?? 0;
    this.enqueuedSequenceNumber = arrival.enqueuedSequenceNumber ?? sequenceNumber;
    this.deadLetterSource = arrival.deadLetterSource;
    this.hops = arrival.hops ?? 0;
    this.wasScheduled = arrival.wasScheduled ?? false;
  }

  /** Unix time in milliseconds at which its time to live ends; Infinity if it has none. */
  get expiresAtMs(): number {
    return this.#expiresAtMs ?? Infinity;
  }

  get lockId(): number {
    return this.lock?.id ?? 0;
  }

  get lockedUntilMs(): number {
    return this.lock?.untilMs ?? 0;
  }

  /** Who holds the lock; undefined while unlocked and for a lock taken through the management node. */
  get lockedBy(): Receiver | undefined {
    return this.lock?.holder;
  }

  /** Of messages that are due at the same time, the older goes first. */
  get dueRank(): number {
    return this.sequenceNumber;
  }

  /** The message as it is enqueued at its scheduled time. [Service Bus: it gets a new sequence number then] */
  activated(): Arrival {
    const { content, hops, deadLetterSource, sequenceNumber } = this;
    const partition = partitionOf(sequenceNumber);
    return { content, hops, deadLetterSource, partition, wasScheduled: true };
  }

  /** The message on its way to another queue of its entity. */
  moving(content: MessageContent = this.content): Arrival {
    const { enqueuedSequenceNumber, hops, deadLetterSource, wasScheduled } = this;
    return { content, enqueuedSequenceNumber, hops, deadLetterSource, wasScheduled, identity: this };
  }
}
