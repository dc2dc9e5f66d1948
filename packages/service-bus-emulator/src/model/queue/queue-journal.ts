import { type Message, type MessageSession } from './message.js';

/** The part of a journal that message queues write to. */
export interface QueueJournal {
  /** A message is new, or something of it has changed. Locks are not recorded. */
  messageChanged(address: string, message: Message): void;
  messageRemoved(address: string, sequenceNumber: number): void;
  /**
   * The highest of these numbers has to be recorded, in each partition: no number is given twice, whether or not a
   * message has it.
   */
  sequenceNumberTaken(address: string, sequenceNumber: number): void;
  /** A session's state was set; undefined means that there is no state any more. */
  sessionChanged(address: string, session: MessageSession): void;
}
