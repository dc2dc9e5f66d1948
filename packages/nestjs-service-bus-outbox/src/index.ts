export { EmbeddedPostgresError } from './embedded/embedded-postgres.error.js';
export { openDatabase, type OpenDatabaseOptions, type OpenedDatabase } from './embedded/open-database.js';
export { type Closeable, type Database } from './database/database.js';
export { type PgClient, type PgPool } from './database/pg-client.js';
export { type PgConnectionOptions, PgDatabase } from './database/pg-database.js';
export { type DelivererOptions } from './deliver/deliverer-options.js';
export { OutboxHealthIndicator } from './health/outbox.health-indicator.js';
export { type BeginTransaction, Inbox, type InboxSubject } from './inbox.service.js';
export { type HandledMessage, type InboxStore } from './inbox/inbox-store.js';
export { type OutboxMessage, type StoredMessage } from './message/outbox-message.js';
export { InvalidOutboxMessageError } from './message/store-message.js';
export { Once, Transaction } from './once.decorator.js';
export { OutboxConfigurationError } from './outbox-configuration.error.js';
export { type OutboxModuleOptions } from './outbox-options.js';
export { type OutboxModuleExtras } from './outbox.module-definition.js';
export { OutboxModule } from './outbox.module.js';
export { type AddedMessage, Outbox } from './outbox.service.js';
export { ensureSchema, OutboxSchemaError } from './schema/ensure-schema.js';
export { type Migration, migrations, migrationsScript } from './schema/migrations.js';
export { tableNames, type TableNames, type TableOptions } from './schema/table-names.js';
export {
  type Claim,
  type DeliveryReport,
  type FetchLimits,
  type HeldLane,
  type OutboxStatistics,
  type OutboxStore,
  type Refusal,
  type RefusedMessage,
  type RowKey,
  type WaitingMessage,
} from './store/outbox-store.js';
export { NoOpenTransactionError } from './transaction/no-open-transaction.error.js';
export {
  toTransactionClient,
  type TransactionAdapter,
  UnknownTransactionError,
} from './transaction/transaction-adapter.js';
export { type StatementResult, type TransactionClient } from './transaction/transaction-client.js';
