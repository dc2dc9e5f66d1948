export {
  toTransactionClient,
  type TransactionAdapter,
  UnknownTransactionError,
} from './transaction/transaction-adapter.js';
export { type StatementResult, type TransactionClient } from './transaction/transaction-client.js';
