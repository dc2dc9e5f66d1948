import { type Lock } from './lock.js';
import { type MessageContent } from './message-content.js';
import { type Receiver } from './receiver.js';
import { type Session } from './session.js';
import { type Timed } from '../collections/deadlines.js';

/** Whether a message is for everybody, set aside by its receiver, or not yet there. */
export type MessageState = 'active' | 'deferred' | 'scheduled';

/** A message on its way into an entity. */
export interface Arrival {
  readonly content: MessageContent;
  /** The number it got where it was first accepted; absent for a fresh message. */
  readonly enqueuedSequenceNumber?: number | undefined;
  /** How many entities have forwarded it so far. */
  readonly hops?: number;
  /** The entity whose dead-letter queue forwarded it. */
  readonly deadLetterSource?: string | undefined;
  /** Upper bound of its time to live in milliseconds, from a topic that it came through. */
  readonly maxTimeToLiveMs?: number | undefined;
  /** What it stays known by, on a way that does not leave its entity. */
  readonly identity?: MessageIdentity | undefined;
}

/** What a message is known by in its entity; it takes this along into the entity's dead-letter queue. */
export type MessageIdentity = Pick<Message, 'sequenceNumber' | 'enqueuedTimeMs' | 'deliveryCount'>;

/** A stored message and what the broker knows of it. */
export class Message implements Timed {
  /** Due for activation while scheduled, for the lock's end while locked, for expiry while ready. */
  duePosition = -1;

  content: MessageContent;
  state: MessageState = 'active';
  /** Deliveries that ended without settlement by success: abandoned, or lock expired. */
  deliveryCount: number;
  readonly enqueuedSequenceNumber: number;
  readonly deadLetterSource: string | undefined;
  readonly hops: number;

  /** Waiting to be delivered; false while locked, deferred, scheduled or removed. */
  ready = false;
  lock: Lock | undefined;
  session: Session | undefined;
  // Most messages never expire: then this costs nothing, of which a million makes a difference.
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
  }

  /** The end of its time to live; Infinity if it has none. */
  get expiresAtMs(): number {
    return this.#expiresAtMs ?? Infinity;
  }

  /** The lock's number; 0 while unlocked. */
  get lockId(): number {
    return this.lock?.id ?? 0;
  }

  /** 0 while unlocked. */
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

  /** The message on its way to another queue of its entity. */
  moving(content: MessageContent = this.content): Arrival {
    const { enqueuedSequenceNumber, hops, deadLetterSource } = this;
    return { content, enqueuedSequenceNumber, hops, deadLetterSource, identity: this };
  }
}
