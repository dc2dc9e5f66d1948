/** What the broker adds to a message when it is delivered or peeked. */
export interface DeliveryStamp {
  readonly deliveryCount: number;
  readonly sequenceNumber: number;
  readonly enqueuedSequenceNumber: number;
  readonly enqueuedTimeMs: number;
  /** Unix time in milliseconds; set only if this delivery locks the message. */
  readonly lockedUntilMs?: number | undefined;
  /** The lock's token as a UUID of 16 bytes; set only where the delivery has no tag that tells it. */
  readonly lockToken?: Buffer | undefined;
  /** 0 active, 1 deferred, 2 scheduled. */
  readonly state: 0 | 1 | 2;
  /** The entity in which the message was dead-lettered, if it was forwarded from there. */
  readonly deadLetterSource?: string | undefined;
}
