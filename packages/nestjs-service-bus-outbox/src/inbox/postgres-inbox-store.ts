import { createHash } from 'node:crypto';

import { type Database } from '../database/database.js';
import { type TableNames } from '../schema/table-names.js';
import { type TransactionClient } from '../transaction/transaction-client.js';
import { type HandledMessage, type InboxStore } from './inbox-store.js';

/** The inbox in PostgreSQL 13 and later. */
export class PostgresInboxStore implements InboxStore {
  private readonly insert: string;
  private readonly delete: string;

  constructor(
    private readonly database: Database,
    { inbox }: TableNames,
  ) {
    this.insert = `INSERT INTO ${inbox} (key, consumer, message_id) VALUES ($1::uuid, $2::text, $3::text) ON CONFLICT DO NOTHING`;
    this.delete = `DELETE FROM ${inbox} WHERE ctid = ANY (ARRAY (
  SELECT ctid FROM ${inbox} WHERE handled_at < now() - $1::float8 * interval '1 millisecond' LIMIT $2::int
  FOR UPDATE SKIP LOCKED))`;
  }

  async mark(transaction: TransactionClient, message: HandledMessage): Promise<boolean> {
    // [PostgreSQL] No text holds a zero.
    const [consumer, messageId] = [message.consumer, message.messageId].map((text) =>
      text.replaceAll('\0', '\ufffd'),
    );
    const { rowCount } = await transaction.query(this.insert, [keyOf(message), consumer, messageId]);
    return rowCount === 1;
  }

  async deleteOld(keepMs: number, limit: number): Promise<number> {
    return (await this.database.query(this.delete, [keepMs, limit])).rowCount;
  }
}

/** 128 bits of a hash: short in the index, however long the names are. Must never change. */
function keyOf({ consumer, messageId }: HandledMessage): string {
  const hash = createHash('sha256').update(`${consumer.length}:${consumer}${messageId}`).digest('hex');
  return hash.slice(0, 32);
}
