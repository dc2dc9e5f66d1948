import { type StatementResult } from '../transaction/transaction-client.js';
import { type Closeable, type Database } from './database.js';
import { Listener } from './listener.js';
import { type PgClient, type PgPool } from './pg-client.js';

/** Settings of connections as `pg` takes them. */
export interface PgConnectionOptions {
  /** Where the database is, with user and password: `postgresql://user:password@host:5432/name`. */
  readonly connectionString: string;
  /**
   * Where to LISTEN, if that is not possible there: past a PgBouncer in transaction mode, which hands no announcements on.
   * Default: the same.
   */
  readonly listenConnectionString?: string;
  /** As in `pg`: `true`, or the options of Node's TLS. */
  readonly ssl?: boolean | object;
  /** Connections at once beside the one that listens. Default: 3. */
  readonly maxConnections?: number;
}

const QUERY_TIMEOUT_MS = 30_000;
const CONNECT_TIMEOUT_MS = 10_000;
/** Some minutes later the system knows of a connection that has died without a word; by default it takes two hours. */
const KEEP_ALIVE_AFTER_MS = 30_000;
/** How long what a new listener announces to itself may need. */
const PROBE_WITHIN_MS = 2_000;

/** PostgreSQL by the package `pg`. */
export class PgDatabase implements Database {
  private readonly listeners = new Set<Listener>();

  private constructor(
    private readonly pool: PgPool,
    /** Undefined where nobody listens. */
    private readonly createClient: (() => PgClient) | undefined,
    private readonly ownsPool: boolean,
  ) {}

  /** Makes connections of its own; `pg` is loaded now. */
  static async connect({
    connectionString,
    listenConnectionString = connectionString,
    ssl,
    maxConnections = 3,
  }: PgConnectionOptions): Promise<PgDatabase> {
    const pg = await import('pg');
    const { Client, Pool } = pg.default;
    const settings = {
      ...(ssl === undefined ? {} : { ssl }),
      application_name: 'service-bus-outbox',
      keepAlive: true,
      keepAliveInitialDelayMillis: KEEP_ALIVE_AFTER_MS,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      // A connection that has died without a word must not stop the deliverer for ever.
      query_timeout: QUERY_TIMEOUT_MS,
    };
    const pool = new Pool({ ...settings, connectionString, max: maxConnections });
    const createClient = (): PgClient =>
      new Client({ ...settings, connectionString: listenConnectionString });
    return new PgDatabase(ignoreIdleErrors(pool), createClient, true);
  }

  /** Uses a pool that somebody else closes. `createClient` makes unconnected clients to listen with. */
  static on(pool: PgPool, createClient?: () => PgClient): PgDatabase {
    return new PgDatabase(pool, createClient, false);
  }

  async query(text: string, parameters: readonly unknown[]): Promise<StatementResult> {
    const { rows, rowCount } = await this.pool.query(text, [...parameters]);
    return { rows, rowCount: rowCount ?? 0 };
  }

  async listen(
    channel: string,
    onNotify: () => void,
    onLost: (error: unknown) => void,
    /** @internal */
    probeWithinMs = PROBE_WITHIN_MS,
  ): Promise<Closeable> {
    if (!this.createClient) throw new Error('there is no connection to listen on');
    const client = this.createClient();
    const listener = new Listener(client, onNotify, onLost);
    this.listeners.add(listener);
    const close = async (): Promise<void> => {
      this.listeners.delete(listener);
      await listener.close();
    };
    try {
      await client.connect();
      await client.query(`LISTEN "${channel.replaceAll('"', '""')}"`);
      // By another connection: PgBouncer in transaction mode takes the LISTEN, and hears nothing for the client.
      await this.query('SELECT pg_notify($1::text, $2::text)', [channel, listener.probe]);
      await listener.hearsItself(probeWithinMs);
    } catch (error) {
      void close().catch(() => undefined);
      throw error;
    }
    return { close };
  }

  async close(): Promise<void> {
    await Promise.allSettled([...this.listeners].map((listener) => listener.close()));
    if (this.ownsPool) await this.pool.end();
  }
}

/** An idle connection's end would end the process; the next query tells of it anyway. */
function ignoreIdleErrors(pool: PgPool): PgPool {
  pool.on('error', () => undefined);
  return pool;
}
