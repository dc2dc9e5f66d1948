import { type StatementResult } from '../transaction/transaction-client.js';
import { type Closeable, type Database } from './database.js';

interface PgResult {
  readonly rows: Record<string, unknown>[];
  readonly rowCount: number | null;
}

/** The part of `pg`'s pool that is used. */
export interface PgPool {
  /** Runs a statement on any of its connections. */
  query(text: string, parameters: unknown[]): Promise<PgResult>;
  /** Closes all of its connections. */
  end(): Promise<void>;
  /** Tells of idle connections that are lost. */
  on(event: 'error', listener: (error: Error) => void): unknown;
}

/** The part of `pg`'s client that is used. */
export interface PgClient {
  /** Connects it, once. */
  connect(): Promise<unknown>;
  /** Runs a statement. */
  query(text: string): Promise<unknown>;
  /** Closes its connection. */
  end(): Promise<void>;
  /** Tells of notifications, and of the connection's end. */
  on(event: 'error' | 'end' | 'notification', listener: (error?: Error) => void): unknown;
}

/** Settings of connections as `pg` takes them. */
export interface PgConnectionOptions {
  /** Where the database is, with user and password: `postgresql://user:password@host:5432/name`. */
  readonly connectionString: string;
  /** As in `pg`: `true`, or the options of Node's TLS. */
  readonly ssl?: boolean | object;
  /** Connections at once beside the one that listens. Default: 3. */
  readonly maxConnections?: number;
}

const QUERY_TIMEOUT_MS = 30_000;
const CONNECT_TIMEOUT_MS = 10_000;

/** PostgreSQL by the package `pg`. */
export class PgDatabase implements Database {
  private constructor(
    private readonly pool: PgPool,
    /** Undefined where nobody listens. */
    private readonly createClient: (() => PgClient) | undefined,
    private readonly ownsPool: boolean,
  ) {}

  /** Makes connections of its own; `pg` is loaded now. */
  static async connect({
    connectionString,
    ssl,
    maxConnections = 3,
  }: PgConnectionOptions): Promise<PgDatabase> {
    const pg = await import('pg');
    const { Client, Pool } = pg.default;
    const settings = {
      connectionString,
      ...(ssl === undefined ? {} : { ssl }),
      application_name: 'service-bus-outbox',
      keepAlive: true,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    };
    // A connection that has died without a word must not stop the deliverer for ever.
    const pool = new Pool({ ...settings, max: maxConnections, query_timeout: QUERY_TIMEOUT_MS });
    return new PgDatabase(ignoreIdleErrors(pool), () => new Client(settings), true);
  }

  /** Uses a pool that somebody else closes. `createClient` makes unconnected clients to listen with. */
  static on(pool: PgPool, createClient?: () => PgClient): PgDatabase {
    return new PgDatabase(pool, createClient, false);
  }

  async query(text: string, parameters: readonly unknown[]): Promise<StatementResult> {
    const { rows, rowCount } = await this.pool.query(text, [...parameters]);
    return { rows, rowCount: rowCount ?? 0 };
  }

  async listen(channel: string, onNotify: () => void, onLost: (error: unknown) => void): Promise<Closeable> {
    if (!this.createClient) throw new Error('there is no connection to listen on');
    const client = this.createClient();
    let isOver = false;
    const lost = (error?: Error): void => {
      if (isOver) return;
      isOver = true;
      onLost(error ?? new Error('the connection that listens has ended'));
    };
    const close = (): Promise<void> => {
      isOver = true;
      return client.end();
    };
    let isListening = false;
    client.on('error', (error) => isListening && lost(error));
    client.on('end', () => isListening && lost());
    client.on('notification', () => onNotify());
    try {
      await client.connect();
      await client.query(`LISTEN "${channel.replaceAll('"', '""')}"`);
    } catch (error) {
      void close().catch(() => undefined);
      throw error;
    }
    isListening = true;
    return { close };
  }

  async close(): Promise<void> {
    if (this.ownsPool) await this.pool.end();
  }
}

/** An idle connection's end would end the process; the next query tells of it anyway. */
function ignoreIdleErrors(pool: PgPool): PgPool {
  pool.on('error', () => undefined);
  return pool;
}
