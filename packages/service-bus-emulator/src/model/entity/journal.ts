import { type EntityRecord } from './entity-record.js';
import { type Message } from '../queue/message.js';
import { type Session } from '../queue/session.js';

/**
 * Told of every change that a durable broker has to keep, in order; `Namespace.restore` takes the same things
 * back. What is told of during one command belongs together: all of it must be kept, or nothing.
 *
 * Addresses are those of the entities and of their message queues (`orders`, `orders/$DeadLetterQueue`,
 * `events/Subscriptions/audit`), always in the spelling in which the entity was created.
 * What is passed on lives on and changes: it has to be copied before the call returns, which must not throw.
 */
export interface Journal {
  /** An entity was created or changed, its rules included. */
  entityChanged(address: string, record: EntityRecord): void;
  /**
   * An entity is gone with everything under its address: messages, dead letters, sessions, message ids. The
   * deletion of a topic is told for each of its subscriptions, then for itself.
   */
  entityRemoved(address: string, kind: EntityRecord['kind']): void;
  /** A message is new, or something of it has changed; locks are not kept. */
  messageChanged(address: string, message: Message): void;
  messageRemoved(address: string, sequenceNumber: number): void;
  /** The highest of these has to be kept: a number is never given twice, whether or not a message has it. */
  sequenceNumberTaken(address: string, sequenceNumber: number): void;
  /** A session's state was set; undefined: there is nothing to keep any more. */
  sessionChanged(address: string, session: Session): void;
  /** Duplicates of this message are to be dropped until a time. */
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
