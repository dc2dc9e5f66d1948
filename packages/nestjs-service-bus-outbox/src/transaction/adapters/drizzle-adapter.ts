import { NoOpenTransactionError } from '../no-open-transaction.error.js';
import { type TransactionAdapter } from '../transaction-adapter.js';
import { type StatementResult } from '../transaction-client.js';
import { hasMethods } from './has-methods.js';

/** What is used of Drizzle's `PgTransaction`, and of the database that it extends. */
interface DrizzleDatabase {
  readonly session: {
    /** The connection, where the driver is `pg`. */
    readonly client?: { getTransactionStatus?(): string | null };
    prepareQuery(
      query: { readonly sql: string; readonly params: unknown[] },
      fields: undefined,
      name: undefined,
      isResponseInArrayMode: false,
    ): { execute(): Promise<DriverResult> };
  };
  /** How many transactions this one is inside of; a database has none. */
  readonly nestedIndex?: number;
}

/** `pg` returns an object, Postgres.js an array with a number. */
type DriverResult = StatementResult['rows'] & {
  readonly rows?: StatementResult['rows'];
  readonly rowCount?: number | null;
  readonly affectedRows?: number;
  readonly count?: number;
};

const REMEDY = 'pass the transaction that db.transaction(async (tx) => …) gives you.';

/** `PgTransaction` of Drizzle. */
export const drizzleAdapter: TransactionAdapter = {
  name: 'Drizzle',
  accepts: (transaction) => hasMethods(transaction, 'execute', 'transaction') && hasSession(transaction),
  toClient(transaction) {
    const { session, nestedIndex } = transaction as DrizzleDatabase;
    if (nestedIndex === undefined || session.client?.getTransactionStatus?.() === 'I') {
      throw new NoOpenTransactionError('This database of Drizzle has no open transaction', REMEDY);
    }
    return {
      async query(sql, parameters) {
        const query = { sql, params: [...parameters] };
        const result = await session.prepareQuery(query, undefined, undefined, false).execute();
        const rows = result.rows ?? [...result];
        return { rows, rowCount: result.rowCount ?? result.affectedRows ?? result.count ?? rows.length };
      },
    };
  },
};

const hasSession = (value: unknown): boolean =>
  hasMethods((value as { session?: unknown }).session, 'prepareQuery');
