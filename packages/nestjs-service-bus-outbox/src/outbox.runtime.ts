import {
  type BeforeApplicationShutdown,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';

import { type ServiceBusSenders } from 'nestjs-service-bus';

import { connectDatabase, type ConnectedDatabase } from './database/connect-database.js';
import { Deliverer } from './deliver/deliverer.js';
import { DelivererState } from './deliver/deliverer-state.js';
import { ConnectionSenders } from './deliver/connection-senders.js';
import { type MessageSender } from './deliver/message-sender.js';
import { PostgresInboxStore } from './inbox/postgres-inbox-store.js';
import { type OutboxConnections } from './message/store-message.js';
import { OutboxConfigurationError } from './outbox-configuration.error.js';
import { type OutboxSenders } from './outbox.module-definition.js';
import {
  type OutboxModuleOptions,
  resolveOutboxOptions,
  type ResolvedOutboxOptions,
} from './outbox-options.js';
import { Retention } from './retention.js';
import { checkSchema, ensureSchema, OutboxSchemaError } from './schema/ensure-schema.js';
import { PostgresOutboxStore } from './store/postgres-outbox-store.js';
import { type OutboxMetrics } from './telemetry/outbox-metrics.js';
import { openMetrics } from './telemetry/outbox-metrics.js';
import { findOpenTelemetryApi } from './trace/caller-trace.js';
import { KNOWN_ADAPTERS } from './transaction/known-adapters.js';
import { type TransactionAdapter } from './transaction/transaction-adapter.js';

/** Rows of lanes are made by the first message to a destination, and told what became of them. */
const KEEP_LANES_MS = 24 * 3_600_000;

/**
 * All parts of outbox and inbox in one process, and the order in which they start and stop: delivering ends after the
 * handlers have been drained, whose last results shall leave, and before the senders are closed.
 */
export class OutboxRuntime
  implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown
{
  readonly state: DelivererState;
  readonly store: PostgresOutboxStore;
  readonly inboxStore: PostgresInboxStore;
  readonly deliverer: Deliverer | undefined;
  private readonly retention: Retention;
  private metrics?: OutboxMetrics | undefined;

  private constructor(
    private readonly opened: ConnectedDatabase,
    readonly options: ResolvedOutboxOptions,
    readonly adapters: readonly TransactionAdapter[],
    readonly telemetry: Awaited<ReturnType<typeof findOpenTelemetryApi>>,
    sender: MessageSender | undefined,
    readonly connections: OutboxConnections,
    private readonly logger: Logger,
  ) {
    const { names, keepSentMs, keepHandledMs, notifies } = options;
    this.state = new DelivererState(logger, options.deliverer.retry.maxDelayMs);
    this.store = new PostgresOutboxStore(opened.database, names, { keepsSent: keepSentMs > 0, notifies });
    this.inboxStore = new PostgresInboxStore(opened.database, names);
    if (options.delivers && sender) {
      this.deliverer = new Deliverer(this.store, sender, options.deliverer, this.state);
    }
    this.retention = new Retention(
      [
        (limit) => this.inboxStore.deleteOld(keepHandledMs, limit),
        (limit) => this.store.deleteIdleLanes(KEEP_LANES_MS, limit),
        ...(keepSentMs > 0 ? [(limit: number) => this.store.deleteSent(keepSentMs, limit)] : []),
      ],
      logger,
    );
  }

  /** Opens the database, and creates the tables where the options say so. */
  static async open(options: OutboxModuleOptions, senders: OutboxSenders): Promise<OutboxRuntime> {
    const resolved = resolveOutboxOptions(options);
    if (resolved.delivers) checkSenders(senders);
    const connections: OutboxConnections = {
      names: [...senders.named.keys()],
      // Who only adds need not know the broker.
      hasDefault: senders.unnamed !== undefined || (resolved.delivers ? false : undefined),
    };
    const opened = await connectDatabase(options);
    try {
      if (resolved.ensureSchema) await ensureSchema(opened.database, resolved.names);
      const adapters = [...(options.adapters ?? []), ...KNOWN_ADAPTERS];
      const telemetry = await findOpenTelemetryApi();
      const logger = new Logger('OutboxModule');
      return new OutboxRuntime(opened, resolved, adapters, telemetry, senderOf(senders), connections, logger);
    } catch (error) {
      await opened.close();
      throw error;
    }
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.checkSchema();
    this.deliverer?.start();
    this.retention.start();
    const { store, state } = this;
    this.metrics = openMetrics(this.telemetry, { table: `${this.options.names.plain}outbox`, store, state });
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all([this.deliverer?.stop(), this.retention.stop()]);
    this.metrics?.close();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.opened.close();
  }

  /** A database that does not answer may do so later; tables that are not there do not come by themselves. */
  private async checkSchema(): Promise<void> {
    try {
      await checkSchema(this.opened.database, this.options.names);
    } catch (error) {
      if (error instanceof OutboxSchemaError) throw error;
      this.logger.warn(`the outbox' tables could not be checked: ${String(error)}`);
    }
  }
}

function checkSenders({ unnamed, named }: OutboxSenders): void {
  const missing = [...named].filter(([, sender]) => !sender).map(([name]) => `"${name}"`);
  if (missing.length > 0) {
    const names = missing.join(' and ');
    throw new OutboxConfigurationError(
      `OutboxModule delivers through the connection ${names}, and no ServiceBusModule.forRoot({ name }) has that name: add it, or set delivers: false`,
    );
  }
  if (!unnamed && named.size === 0) {
    throw new OutboxConfigurationError(
      'OutboxModule delivers through ServiceBusModule: import it, or set delivers: false; ' +
        "where each forRoot has a name, say which ones it delivers through: OutboxModule.forRoot({ connections: ['…'] })",
    );
  }
}

/** With one connection, as ever: its senders. */
function senderOf({ unnamed, named }: OutboxSenders): MessageSender | undefined {
  if (named.size === 0) return unnamed;
  const there = [...named].filter((entry): entry is [string, ServiceBusSenders] => entry[1] !== undefined);
  return unnamed || there.length > 0 ? new ConnectionSenders(unnamed, new Map(there)) : undefined;
}
