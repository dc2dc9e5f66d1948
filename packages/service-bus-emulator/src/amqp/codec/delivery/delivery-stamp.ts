/** What a broker writes onto a message when it hands it out (or shows it, on a peek). */
export interface DeliveryStamp {
  readonly deliveryCount: number;
  readonly sequenceNumber: number;
  readonly enqueuedSequenceNumber: number;
  readonly enqueuedTimeMs: number;
  /** Only for a message that is locked by this delivery. */
  readonly lockedUntilMs?: number | undefined;
  /** 0 active, 1 deferred, 2 scheduled. */
  readonly state: 0 | 1 | 2;
  /** The entity a message was dead-lettered in, once it has been forwarded from there. */
  readonly deadLetterSource?: string | undefined;
}
