import { Logger } from '@nestjs/common';

import { startCluster } from './cluster.js';
import { EmbeddedPostgresError } from './embedded-postgres.error.js';

/** Where the database is, or where an embedded one keeps its files. */
export interface OpenDatabaseOptions {
  /** Of a PostgreSQL that runs. Without one an embedded PostgreSQL is started, but not in production. */
  readonly connectionString?: string | undefined;
  /** The embedded database's folder. What is in it is there again at the next start. Default `.postgres-data`. */
  readonly directory?: string;
  /** The embedded database's port on 127.0.0.1. Default: a free one. */
  readonly port?: number;
  /** Whether a connection string is required. Default: whether `NODE_ENV` is `production`. */
  readonly isProduction?: boolean;
}

/** A database to connect to. */
export interface OpenedDatabase {
  /** For `OutboxModule` and for the application's own connections. */
  readonly connectionString: string;
  /** Whether it was started here, and ends with this process. */
  readonly isEmbedded: boolean;
  /** Stops an embedded database; does nothing to another. To leave it out is no fault: it ends with the process. */
  close(): Promise<void>;
}

/**
 * The application's database: the one it was given, else an embedded PostgreSQL, so that development needs no
 * installation. That needs the package `embedded-postgres`.
 *
 * @throws {EmbeddedPostgresError} Production has no connection string, or the embedded database does not start.
 */
export async function openDatabase({
  connectionString,
  directory = '.postgres-data',
  port,
  isProduction = process.env['NODE_ENV'] === 'production',
}: OpenDatabaseOptions = {}): Promise<OpenedDatabase> {
  if (connectionString !== undefined && connectionString !== '') {
    return { connectionString, isEmbedded: false, close: async () => {} };
  }
  if (isProduction) {
    throw new EmbeddedPostgresError(
      'The connection string of a PostgreSQL is required in production: an embedded one is for development.',
    );
  }
  const cluster = await startCluster(directory, port === undefined ? {} : { port });
  new Logger('EmbeddedPostgres').log(
    `No connection string is given: started PostgreSQL on 127.0.0.1:${cluster.port}, user postgres, ` +
      `files and password in ${directory}`,
  );
  return { connectionString: cluster.connectionString, isEmbedded: true, close: () => cluster.stop() };
}
