import { type EntityRecord } from '../entity/entity-record.js';
import { type Message } from '../queue/message.js';

/** A message as a durable broker keeps it. */
export interface MessageRecord extends Pick<
  Message,
  | 'sequenceNumber'
  | 'enqueuedSequenceNumber'
  | 'enqueuedTimeMs'
  | 'expiresAtMs'
  | 'state'
  | 'deliveryCount'
  | 'hops'
  | 'deadLetterSource'
  | 'content'
> {
  /** Of the message queue it is in. */
  readonly address: string;
}

/** A session's state as a durable broker keeps it. */
export interface SessionRecord {
  readonly address: string;
  readonly sessionId: string;
  readonly state: Uint8Array;
  /** Unix time in milliseconds. */
  readonly stateUpdatedAtMs: number;
}

/** All that a journal was told and is still so; each list is read once. */
export interface NamespaceRecords {
  /** In any order. */
  readonly entities: Iterable<EntityRecord>;
  /** The highest number taken at each address. */
  readonly sequenceNumbers?: Iterable<{ readonly address: string; readonly sequenceNumber: number }>;
  /** In any order; restored fastest in the order of their numbers. */
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
