import { NoOpenTransactionError } from '../no-open-transaction.error.js';
import { type TransactionAdapter } from '../transaction-adapter.js';
import { type StatementResult } from '../transaction-client.js';
import { hasMethods } from './has-methods.js';

/** What is used of Kysely's `Transaction`, and of the database that it extends. */
interface KyselyTransaction {
  readonly isTransaction: boolean;
  /** Of transactions that the caller ends by hand. */
  readonly isCommitted?: boolean;
  readonly isRolledBack?: boolean;
  executeQuery(query: CompiledQuery): Promise<{
    readonly rows: StatementResult['rows'];
    readonly numAffectedRows?: bigint;
  }>;
}

/** As Kysely's own `CompiledQuery.raw` makes it. */
interface CompiledQuery {
  readonly sql: string;
  readonly parameters: readonly unknown[];
  readonly query: {
    readonly kind: 'RawNode';
    readonly sqlFragments: readonly string[];
    readonly parameters: readonly never[];
  };
  readonly queryId: { readonly queryId: string };
}

const REMEDY = 'pass the transaction that db.transaction().execute(async (trx) => …) gives you.';

/** `Transaction` and `ControlledTransaction` of Kysely. */
export const kyselyAdapter: TransactionAdapter = {
  name: 'Kysely',
  accepts: (transaction) =>
    hasMethods(transaction, 'executeQuery', 'selectFrom') &&
    typeof (transaction as { isTransaction?: unknown }).isTransaction === 'boolean',
  toClient(transaction) {
    const kysely = transaction as KyselyTransaction;
    if (!kysely.isTransaction || kysely.isCommitted === true || kysely.isRolledBack === true) {
      throw new NoOpenTransactionError('This database of Kysely has no open transaction', REMEDY);
    }
    return {
      async query(text, parameters) {
        const { rows, numAffectedRows } = await kysely.executeQuery(compile(text, parameters));
        return { rows, rowCount: numAffectedRows === undefined ? rows.length : Number(numAffectedRows) };
      },
    };
  },
};

let lastQuery = 0;

function compile(sql: string, parameters: readonly unknown[]): CompiledQuery {
  return {
    sql,
    parameters,
    query: { kind: 'RawNode', sqlFragments: [sql], parameters: [] },
    // Plugins keep by it what they know of a query.
    queryId: { queryId: `service-bus-outbox-${++lastQuery}` },
  };
}
