import { type TransactionClient } from '../transaction/transaction-client.js';

/** Something that goes on until it is closed. */
export interface Closeable {
  /** Ends it; resolves when it has ended. */
  close(): Promise<void>;
}

/**
 * The outbox' own way to the database, beside the transactions of its callers: each query is a transaction of its own.
 */
export interface Database extends TransactionClient {
  /**
   * Calls `onNotify` at each NOTIFY on the channel, and `onLost` once when nothing is heard any more; rejects where
   * listening is not possible.
   */
  listen(channel: string, onNotify: () => void, onLost: (error: unknown) => void): Promise<Closeable>;
  /** Ends its connections, if they are its own. */
  close(): Promise<void>;
}
