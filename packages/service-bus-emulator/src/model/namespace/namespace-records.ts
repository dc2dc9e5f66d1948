import { type EntityRecord } from '../entity/entity-record.js';
import { type Message } from '../queue/message.js';

/** What a journal records of a message. */
export interface MessageRecord extends Pick<
  Message,
  | 'sequenceNumber'
  | 'enqueuedSequenceNumber'
  | 'enqueuedTimeMs'
  | 'expiresAtMs'
  | 'state'
  | 'deliveryCount'
  | 'hops'
  | 'wasScheduled'
  | 'deadLetterSource'
  | 'content'
> {
  /** The address of its message queue. */
  readonly address: string;
}

/** What a journal records of a session: its state. */
export interface SessionRecord {
  readonly address: string;
  readonly sessionId: string;
  readonly state: Uint8Array;
  /** Unix time in milliseconds. */
  readonly stateUpdatedAtMs: number;
}

/** Everything that a journal was told and that still holds; each list is read once. */
export interface NamespaceRecords {
  /** In any order. */
  readonly entities: Iterable<EntityRecord>;
  /** The highest sequence number given at each address. */
  readonly sequenceNumbers?: Iterable<{ readonly address: string; readonly sequenceNumber: number }>;
  /** In any order; fastest to restore in the order of their sequence numbers. */
  readonly messages?: Iterable<MessageRecord>;
  readonly sessions?: Iterable<SessionRecord>;
  /** In any order. */
  readonly messageIds?: Iterable<{
    readonly address: string;
    readonly messageId: string;
    /** Unix time in milliseconds. */
    readonly forgetAtMs: number;
  }>;
}
