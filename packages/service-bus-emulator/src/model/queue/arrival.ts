import { type MessageContent } from './message-content.js';

/** What identifies a message within its entity; the message keeps it in the entity's dead-letter queue. */
export interface MessageIdentity {
  readonly sequenceNumber: number;
  readonly enqueuedTimeMs: number;
  readonly deliveryCount: number;
}

/** A message on its way into an entity. */
export interface Arrival {
  readonly content: MessageContent;
  /** The sequence number that the first entity gave it; absent for a new message. */
  readonly enqueuedSequenceNumber?: number | undefined;
  /** How many entities have forwarded it so far. */
  readonly hops?: number;
  /** The entity whose dead-letter queue forwarded it. */
  readonly deadLetterSource?: string | undefined;
  /** Upper bound of its time to live in milliseconds, set by the topic that it came through. */
  readonly maxTimeToLiveMs?: number | undefined;
  /** Whether it has waited here, or in an entity before, for the time it was scheduled for. */
  readonly wasScheduled?: boolean;
  /** The partition that the entity has chosen for it; 0 unless the entity is partitioned. */
  readonly partition?: number | undefined;
  /** Set while the message moves within one entity. */
  readonly identity?: MessageIdentity | undefined;
}

/** Whatever accepts messages: an entity, a dead-letter queue, a forwarder. */
export interface Destination {
  accept(nowMs: number, arrival: Arrival): void;
}
