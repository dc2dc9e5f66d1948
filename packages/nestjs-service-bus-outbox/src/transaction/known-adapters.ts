import { type TransactionAdapter } from './transaction-adapter.js';

/** The adapters that the package brings, in the order in which they are asked. */
export const KNOWN_ADAPTERS: readonly TransactionAdapter[] = [];
