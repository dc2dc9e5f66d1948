import { type QueueJournal } from '../queue/queue-journal.js';
import { type EntityRecord } from './entity-record.js';

/**
 * Receives every change that a durable broker has to keep, in order; `restoreNamespace` takes the same things
 * back. What one command causes belongs together: all of it must be kept, or nothing.
 *
 * Addresses are those of the entities and of their message queues (`orders`, `orders/$DeadLetterQueue`,
 * `events/Subscriptions/audit`), always in the spelling in which the entity was created.
 * Arguments stay in use and change later: a journal has to copy them before it returns, and must not throw.
 */
export interface Journal extends QueueJournal {
  /** An entity was created or changed, its rules included. */
  entityChanged(address: string, record: EntityRecord): void;
  /**
   * An entity is gone with everything under its address: messages, dead letters, sessions, message ids. When a
   * topic is deleted, the journal is told so for each of its subscriptions and then for the topic.
   */
  entityRemoved(address: string, kind: EntityRecord['kind']): void;
  /** Duplicates of this message are dropped until `forgetAtMs`, Unix time in milliseconds. */
  messageIdRemembered(address: string, messageId: string, forgetAtMs: number): void;
  messageIdForgotten(address: string, messageId: string): void;
}

/** Keeps nothing: the journal of a broker in memory. */
export const noJournal: Journal = {
  entityChanged: () => undefined,
  entityRemoved: () => undefined,
  messageChanged: () => undefined,
  messageRemoved: () => undefined,
  sequenceNumberTaken: () => undefined,
  sessionChanged: () => undefined,
  messageIdRemembered: () => undefined,
  messageIdForgotten: () => undefined,
};
