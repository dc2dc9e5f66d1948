import { OutboxConfigurationError } from '../outbox-configuration.error.js';
import { type OutboxModuleOptions } from '../outbox-options.js';
import { type Database } from './database.js';
import { PgDatabase } from './pg-database.js';

/** The database that the options name, and how it is closed. */
export interface ConnectedDatabase {
  readonly database: Database;
  close(): Promise<void>;
}

/** Throws an OutboxConfigurationError where no database is named. */
export async function connectDatabase(options: OutboxModuleOptions): Promise<ConnectedDatabase> {
  const { database: given, connectionString, listenConnectionString, ssl, maxConnections } = options;
  if (given) return { database: given, close: () => Promise.resolve() };
  if (connectionString === undefined || connectionString === '') {
    throw new OutboxConfigurationError(
      'OutboxModule needs a database: set connectionString; `openDatabase` starts one for development',
    );
  }
  const database = await PgDatabase.connect({
    connectionString,
    ...(listenConnectionString === undefined ? {} : { listenConnectionString }),
    ...(ssl === undefined ? {} : { ssl }),
    ...(maxConnections === undefined ? {} : { maxConnections }),
  });
  return { database, close: () => database.close() };
}
