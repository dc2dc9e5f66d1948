import type { TransactionClient } from './transaction-client.js';

/**
 * Knows one library's transactions.
 *
 * Adapters recognize their objects by shape, so that none of the libraries is imported: an application that has one
 * of them needs none of the others.
 */
export interface TransactionAdapter {
  /** The library's name, for error messages: `pg`, `TypeORM`, `Prisma` … */
  readonly name: string;
  /** Whether this object is one of the library's transactions (or of its connections that can hold one). */
  accepts(transaction: unknown): boolean;
  /** Makes the transaction speak {@link TransactionClient}. Called only with objects that `accepts` said yes to. */
  toClient(transaction: unknown): TransactionClient;
}

/** The object given as a transaction is of no library that has an adapter. */
export class UnknownTransactionError extends TypeError {
  override readonly name = 'UnknownTransactionError';

  constructor(transaction: unknown, adapters: readonly TransactionAdapter[]) {
    super(
      `${describe(transaction)} is no transaction that the outbox knows. It takes those of ` +
        `${adapters.map(({ name }) => name).join(', ')}; for another library register a TransactionAdapter.`,
    );
  }
}

/**
 * Finds the adapter for a transaction and makes it a client; the first adapter that accepts it wins.
 *
 * @throws {UnknownTransactionError} No adapter accepts the object.
 */
export function toTransactionClient(
  transaction: unknown,
  adapters: readonly TransactionAdapter[],
): TransactionClient {
  const adapter = adapters.find((candidate) => candidate.accepts(transaction));
  if (adapter === undefined) {
    throw new UnknownTransactionError(transaction, adapters);
  }
  return adapter.toClient(transaction);
}

function describe(transaction: unknown): string {
  if (typeof transaction !== 'object' || transaction === null) {
    return String(transaction);
  }
  const name: unknown = (transaction as { constructor?: { name?: unknown } }).constructor?.name;
  return typeof name === 'string' && name !== '' ? `An object of class ${name}` : 'This object';
}
