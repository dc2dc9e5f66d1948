import { type MessageContent } from './message-content.js';

/** Active messages can be received, deferred ones only by number; scheduled ones wait for their time. */
export type MessageState = 'active' | 'deferred' | 'scheduled';

/** A stored message as its receiver sees it. */
export interface ReceivedMessage {
  readonly content: MessageContent;
  readonly sequenceNumber: number;
  readonly enqueuedSequenceNumber: number;
  /** Unix time in milliseconds. */
  readonly enqueuedTimeMs: number;
  readonly deliveryCount: number;
  readonly state: MessageState;
  /** Whether it waited for the time it was scheduled for before it became active. */
  readonly wasScheduled: boolean;
  /** The entity whose dead-letter queue forwarded it. */
  readonly deadLetterSource: string | undefined;
  /** 0 while it is not locked. */
  readonly lockId: number;
  /** Unix time in milliseconds; 0 while it is not locked. */
  readonly lockedUntilMs: number;
}
