import { type TransactionClient } from '../transaction/transaction-client.js';

/** A message as the inbox knows it. */
export interface HandledMessage {
  /** Who has handled it: each consumer handles each message once. */
  readonly consumer: string;
  /** What tells the message from the consumer's others. */
  readonly messageId: string;
}

/** Where handled messages are written down. */
export interface InboxStore {
  /**
   * Marks a message as handled, inside the caller's transaction; returns false where it is marked already. Waits for another
   * transaction that is marking it: if that one commits the answer is false, if it rolls back true.
   */
  mark(transaction: TransactionClient, message: HandledMessage): Promise<boolean>;

  /** Deletes up to `limit` marks that are older than `keepMs`; returns how many. */
  deleteOld(keepMs: number, limit: number): Promise<number>;
}
