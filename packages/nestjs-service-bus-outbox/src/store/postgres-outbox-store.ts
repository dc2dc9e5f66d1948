import { type Closeable, type Database } from '../database/database.js';
import { laneOf, orderingLock } from '../message/lane.js';
import { type StoredMessage } from '../message/outbox-message.js';
import { type TableNames } from '../schema/table-names.js';
import { type TransactionClient } from '../transaction/transaction-client.js';
import { arrayOf } from './array-of.js';
import {
  type Claim,
  type DeliveryReport,
  type FetchLimits,
  type HeldLane,
  type OutboxStatistics,
  type OutboxStore,
  type RefusedMessage,
  type WaitingMessage,
} from './outbox-store.js';
import { type OutboxStatements, outboxStatements } from './outbox-statements.js';

/** Messages in one INSERT; their parameters are far from the 65,535 that the protocol allows. */
const MESSAGES_PER_INSERT = 500;
/** More waiting messages than this are estimated. */
const COUNTED_EXACTLY = 100_000;

/** What a store in PostgreSQL does besides. */
export interface PostgresOutboxOptions {
  /** Whether sent messages are kept, for `deleteSent` to delete them later. Default: false. */
  readonly keepsSent?: boolean;
  /**
   * Whether adding wakes deliverers by NOTIFY. Default: true. To be switched off for transactions that end by two-phase
   * commit, which PostgreSQL does not allow after a NOTIFY.
   */
  readonly notifies?: boolean;
}

/** The outbox in PostgreSQL 13 and later. */
export class PostgresOutboxStore implements OutboxStore {
  private readonly statements: OutboxStatements;

  constructor(
    private readonly database: Database,
    private readonly names: TableNames,
    options: PostgresOutboxOptions = {},
  ) {
    this.statements = outboxStatements(names, options);
  }

  async add(transaction: TransactionClient, messages: readonly StoredMessage[]): Promise<void> {
    const [first] = messages;
    if (!first) return;
    if (messages.length === 1) return this.addOne(transaction, first);
    await this.lockKeys(transaction, messages);
    for (let start = 0; start < messages.length; start += MESSAGES_PER_INSERT) {
      const chunk = messages.slice(start, start + MESSAGES_PER_INSERT);
      await transaction.query(this.statements.addMany(chunk.length), chunk.flatMap(valuesOf));
    }
  }

  async claim(owner: string, { lanes, leaseMs, held, looksWithinMs }: Claim): Promise<readonly HeldLane[]> {
    const parameters = [owner, leaseMs, lanes, arrayOf(held), looksWithinMs];
    const { rows } = await this.database.query(this.statements.claim, parameters);
    return rows.map(({ lane, failures }) => ({ lane: Number(lane), failures: Number(failures) }));
  }

  async fetch(lanes: readonly number[], limits: FetchLimits): Promise<readonly WaitingMessage[]> {
    const parameters = [arrayOf(lanes), limits.messages, limits.bytes];
    const { rows } = await this.database.query(this.statements.fetch, parameters);
    return rows.map((row) => ({
      ...storedOf(row),
      lane: Number(row['lane']),
      id: String(row['id']),
      ageMs: Number(row['age_ms']),
      createdAtMs: Number(row['created_at_ms']),
    }));
  }

  async settle(owner: string, { sent, refused, released, postponed }: DeliveryReport): Promise<void> {
    await this.database.query(this.statements.settle, [
      owner,
      arrayOf(sent.map(({ lane }) => lane)),
      arrayOf(sent.map(({ id }) => id)),
      JSON.stringify(refused),
      arrayOf(released),
      JSON.stringify(postponed.map(({ lane, delayMs }) => ({ lane, delay_ms: Math.round(delayMs) }))),
    ]);
  }

  async renew(owner: string, lanes: readonly number[], leaseMs: number): Promise<readonly number[]> {
    const { rows } = await this.database.query(this.statements.renew, [owner, arrayOf(lanes), leaseMs]);
    return rows.map(({ lane }) => Number(lane));
  }

  listen(onAdded: () => void, onLost: (error: unknown) => void): Promise<Closeable> {
    return this.database.listen(this.names.channel.name, onAdded, onLost);
  }

  async deleteSent(keepMs: number, limit: number): Promise<number> {
    return (await this.database.query(this.statements.deleteSent, [keepMs, limit])).rowCount;
  }

  /** Deletes up to `limit` lanes that nobody has delivered for `idleMs`; returns how many. */
  async deleteIdleLanes(idleMs: number, limit: number): Promise<number> {
    return (await this.database.query(this.statements.deleteIdleLanes, [idleMs, limit])).rowCount;
  }

  async statistics(): Promise<OutboxStatistics> {
    const { rows } = await this.database.query(this.statements.statistics, [COUNTED_EXACTLY]);
    const [row = {}] = rows;
    const counted = Number(row['counted']);
    return {
      waiting: counted > COUNTED_EXACTLY ? Math.max(counted, Number(row['estimated'])) : counted,
      oldestAgeMs: Math.max(0, Number(row['oldest_age_ms'] ?? 0)),
      refused: Number(row['refused']),
    };
  }

  async listRefused(limit: number, beforeId?: string): Promise<readonly RefusedMessage[]> {
    const { rows } = await this.database.query(this.statements.listRefused, [beforeId ?? null, limit]);
    return rows.map((row) => ({
      ...storedOf(row),
      id: String(row['id']),
      createdAt: new Date(Number(row['created_at_ms'])),
      refusedAt: new Date(Number(row['refused_at_ms'])),
      reason: String(row['reason']),
      description: String(row['description']),
    }));
  }

  async retryRefused(ids: readonly string[]): Promise<number> {
    return (await this.database.query(this.statements.retryRefused, [arrayOf(ids)])).rowCount;
  }

  async deleteRefused(ids: readonly string[]): Promise<number> {
    return (await this.database.query(this.statements.deleteRefused, [arrayOf(ids)])).rowCount;
  }

  private async addOne(transaction: TransactionClient, message: StoredMessage): Promise<void> {
    const { addOne, addOrdered } = this.statements;
    if (message.orderingKey === undefined) await transaction.query(addOne, valuesOf(message));
    else await transaction.query(addOrdered, [...valuesOf(message), this.lockOf(message)]);
  }

  /** In the order of the locks' numbers: of two transactions that add to the same keys none waits for the other. */
  private async lockKeys(transaction: TransactionClient, messages: readonly StoredMessage[]): Promise<void> {
    const ordered = messages.filter(({ orderingKey }) => orderingKey !== undefined);
    const locks = [...new Set(ordered.map((message) => this.lockOf(message)))].map(BigInt);
    if (locks.length === 0) return;
    locks.sort((one, other) => (one < other ? -1 : 1));
    await transaction.query(this.statements.lockKeys, [arrayOf(locks)]);
  }

  private lockOf(message: StoredMessage): string {
    return orderingLock(this.names.plain, message);
  }
}

function valuesOf(message: StoredMessage): unknown[] {
  const { destination, orderingKey = null, messageId, contentType, body, properties } = message;
  return [laneOf(message), destination, orderingKey, messageId, contentType, body, properties];
}

function storedOf(row: Record<string, unknown>): StoredMessage {
  const { destination, ordering_key: orderingKey, message_id: messageId, content_type: contentType } = row;
  const body = row['body'] as Uint8Array;
  return {
    destination: String(destination),
    orderingKey: typeof orderingKey === 'string' ? orderingKey : undefined,
    messageId: String(messageId),
    contentType: String(contentType),
    body: Buffer.isBuffer(body) ? body : Buffer.from(body.buffer, body.byteOffset, body.byteLength),
    properties: String(row['properties']),
  };
}
