export { EmbeddedPostgresError } from './embedded/embedded-postgres.error.js';
export { openDatabase, type OpenDatabaseOptions, type OpenedDatabase } from './embedded/open-database.js';
export {
  toTransactionClient,
  type TransactionAdapter,
  UnknownTransactionError,
} from './transaction/transaction-adapter.js';
export { type StatementResult, type TransactionClient } from './transaction/transaction-client.js';
