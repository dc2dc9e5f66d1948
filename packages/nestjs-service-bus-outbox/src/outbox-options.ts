import { type Database } from './database/database.js';
import { type PgConnectionOptions } from './database/pg-database.js';
import {
  type DelivererOptions,
  resolveDelivererOptions,
  type ResolvedDelivererOptions,
} from './deliver/deliverer-options.js';
import { type BeginTransaction } from './inbox.service.js';
import { OutboxConfigurationError } from './outbox-configuration.error.js';
import { tableNames, type TableNames, type TableOptions } from './schema/table-names.js';
import { type TransactionAdapter } from './transaction/transaction-adapter.js';

/** Options of `OutboxModule`. */
export interface OutboxModuleOptions extends TableOptions, DelivererOptions, Partial<PgConnectionOptions> {
  /** A way to the database of your own, in place of `connectionString`; the module does not close it. */
  readonly database?: Database;
  /** Adapters for transactions of other libraries; asked before those that the package brings. */
  readonly adapters?: readonly TransactionAdapter[];
  /**
   * How to begin a transaction, for `@Once()` and `inbox.handleOnce`: `(work) => dataSource.transaction(work)`, or whatever
   * has work done in a transaction and rolls back where it rejects.
   */
  readonly transaction?: BeginTransaction;
  /** Whether this process delivers. Default: true. Without it the process adds, and others deliver. */
  readonly delivers?: boolean;
  /**
   * Whether adding announces by NOTIFY, for deliverers in other processes. Default: only where this process does not deliver
   * itself, because a NOTIFY makes commits wait for each other. PostgreSQL allows none before a two-phase commit.
   */
  readonly notifies?: boolean;
  /** Whether to create or upgrade the tables at the start. Default: true, but false where `NODE_ENV` is `production`. */
  readonly ensureSchema?: boolean;
  /** How long sent messages are kept in a table of their own, in milliseconds. Default: 0, they are deleted at once. */
  readonly keepSentMs?: number;
  /**
   * How long a handled message is remembered, in milliseconds. Default: 7 days. A delivery that comes later is handled once
   * more: it must be longer than any message can live.
   */
  readonly keepHandledMs?: number;
  /**
   * The age of the oldest waiting message from which on the outbox is not healthy, in milliseconds. Default: none: a broker
   * that is away is no reason to take this service away, too, which goes on without it.
   */
  readonly unhealthyAgeMs?: number;
}

/** The same, checked, each with its value. */
export interface ResolvedOutboxOptions {
  readonly names: TableNames;
  readonly deliverer: ResolvedDelivererOptions;
  readonly delivers: boolean;
  readonly notifies: boolean;
  readonly ensureSchema: boolean;
  readonly keepSentMs: number;
  readonly keepHandledMs: number;
  readonly unhealthyAgeMs: number;
}

const DAY_MS = 86_400_000;

const NAMES = new Set<string>([
  'schema',
  'prefix',
  'pollIntervalMs',
  'leaseMs',
  'maxLanes',
  'maxMessagesPerLane',
  'retry',
  'stopTimeoutMs',
  'connectionString',
  'listenConnectionString',
  'ssl',
  'maxConnections',
  'database',
  'adapters',
  'transaction',
  'delivers',
  'listens',
  'notifies',
  'ensureSchema',
  'keepSentMs',
  'keepHandledMs',
  'unhealthyAgeMs',
] satisfies (keyof OutboxModuleOptions)[]);

/** Throws an OutboxConfigurationError that names what is wrong. */
export function resolveOutboxOptions(
  options: OutboxModuleOptions,
  environment = process.env['NODE_ENV'],
): ResolvedOutboxOptions {
  const unknown = Object.keys(options).filter((name) => !NAMES.has(name));
  if (unknown.length > 0)
    throw new OutboxConfigurationError(`OutboxModule has no option ${unknown.join(', ')}`);
  for (const name of ['connectionString', 'listenConnectionString'] as const) {
    if (options.database && options[name] !== undefined) {
      throw new OutboxConfigurationError(`database and ${name} exclude each other`);
    }
  }
  try {
    return {
      names: tableNames(options),
      deliverer: resolveDelivererOptions(options),
      delivers: options.delivers ?? true,
      notifies: options.notifies ?? !(options.delivers ?? true),
      ensureSchema: options.ensureSchema ?? environment !== 'production',
      keepSentMs: duration('keepSentMs', options.keepSentMs ?? 0),
      keepHandledMs: duration('keepHandledMs', options.keepHandledMs ?? 7 * DAY_MS),
      unhealthyAgeMs:
        options.unhealthyAgeMs === undefined ? Infinity : duration('unhealthyAgeMs', options.unhealthyAgeMs),
    };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new OutboxConfigurationError(`OutboxModule: ${error.message}`, { cause: error });
  }
}

function duration(name: string, value: number): number {
  if (Number.isFinite(value) && value >= 0) return value;
  throw new RangeError(`${name} is ${String(value)}, allowed is a number of milliseconds from 0 on`);
}
