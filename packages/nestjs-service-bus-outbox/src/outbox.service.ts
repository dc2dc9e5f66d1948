import { type PreparedMessage } from 'nestjs-service-bus';

import { fromPrepared } from './message/from-prepared.js';
import { type OutboxMessage } from './message/outbox-message.js';
import { type OutboxConnections, storeMessage } from './message/store-message.js';
import { type OutboxStatistics, type OutboxStore, type RefusedMessage } from './store/outbox-store.js';
import { callerTrace, type findOpenTelemetryApi } from './trace/caller-trace.js';
import { toTransactionClient, type TransactionAdapter } from './transaction/transaction-adapter.js';

/** What of a message its adder gets to know. */
export interface AddedMessage {
  /** The id that the message will have, however often it is sent. */
  readonly messageId: string;
}

/** At most so many messages set aside are listed at once. */
const MAX_LISTED = 1_000;

/** Sends messages if, and only if, the transaction commits in which they are added. */
export class Outbox {
  /** @internal */
  constructor(
    private readonly store: OutboxStore,
    private readonly adapters: readonly TransactionAdapter[],
    private readonly telemetry: Awaited<ReturnType<typeof findOpenTelemetryApi>>,
    /** Told of what was added, whether or not it will be committed. */
    private readonly onAdded: (messageIds: readonly string[]) => void = () => undefined,
    private readonly connections?: OutboxConnections,
  ) {}

  /**
   * Adds a message, or what `ServiceBusPublisher.prepare` gives, inside the caller's transaction. It leaves soon after the
   * commit, and never after a rollback.
   *
   * @param transaction - The transaction, as the library gives it that began it.
   * @throws {InvalidOutboxMessageError} The broker would never take the message.
   * @throws {UnknownTransactionError} No adapter knows the object.
   * @throws What the library throws if the statement fails; then the transaction cannot commit.
   */
  async add(transaction: unknown, message: OutboxMessage | PreparedMessage): Promise<AddedMessage> {
    const [added] = await this.addAll(transaction, [message]);
    return added as AddedMessage;
  }

  /** Adds messages, in their order, in fewer statements than `add` for each one. All or none are valid. */
  async addAll(
    transaction: unknown,
    messages: readonly (OutboxMessage | PreparedMessage)[],
  ): Promise<AddedMessage[]> {
    const client = toTransactionClient(transaction, this.adapters);
    const trace = callerTrace(this.telemetry);
    const stored = messages.map((message) => storeMessage(fromPrepared(message), trace, this.connections));
    await this.store.add(client, stored);
    this.onAdded(stored.map(({ messageId }) => messageId));
    return stored.map(({ messageId }) => ({ messageId }));
  }

  /** How much waits, how long, and how much was set aside. */
  statistics(): Promise<OutboxStatistics> {
    return this.store.statistics();
  }

  /**
   * Messages that the broker has refused for good, with its reasons, the latest first; `beforeId` continues behind the last
   * one of an earlier list.
   */
  listRefused(limit = 100, beforeId?: string): Promise<readonly RefusedMessage[]> {
    return this.store.listRefused(Math.min(limit, MAX_LISTED), beforeId);
  }

  /** Has messages that were set aside sent again, with their ids; returns how many of them were there. */
  retryRefused(ids: readonly string[]): Promise<number> {
    return this.store.retryRefused(ids);
  }

  /** Deletes messages that were set aside; returns how many of them were there. */
  deleteRefused(ids: readonly string[]): Promise<number> {
    return this.store.deleteRefused(ids);
  }
}
