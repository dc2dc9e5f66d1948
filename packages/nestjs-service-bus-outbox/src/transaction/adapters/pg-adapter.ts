import { NoOpenTransactionError } from '../no-open-transaction.error.js';
import { type TransactionAdapter } from '../transaction-adapter.js';
import { type StatementResult, type TransactionClient } from '../transaction-client.js';
import { hasMethods } from './has-methods.js';

/** What is used of `pg`'s `Client` and `PoolClient`. */
interface PgClient {
  query(
    text: string,
    parameters?: unknown[],
  ): Promise<{ rows: StatementResult['rows']; rowCount: number | null }>;
  /** `I` outside of a transaction, `T` inside, `E` inside of one that has failed. Not in older versions. */
  getTransactionStatus?(): 'I' | 'T' | 'E' | null;
}

const REMEDY =
  "take a client (await pool.connect()), await client.query('BEGIN'), and add through that client.";
/** [PostgreSQL: Error Codes] no_active_sql_transaction */
const NO_TRANSACTION = '25P01';

/** `Client` and `PoolClient` of `pg`, between BEGIN and COMMIT. */
export const pgAdapter: TransactionAdapter = {
  name: 'pg',
  accepts: (transaction) =>
    hasMethods(transaction, 'query') && (isPool(transaction) || isClient(transaction)),
  toClient(transaction): TransactionClient {
    if (isPool(transaction)) {
      throw new NoOpenTransactionError('A pool of pg runs each query on any connection', REMEDY);
    }
    return clientOf(transaction as PgClient);
  },
};

const isClient = (value: unknown): boolean => hasMethods(value, 'escapeIdentifier', 'end');
const isPool = (value: unknown): boolean =>
  hasMethods(value, 'connect', 'end') && typeof (value as { totalCount?: unknown }).totalCount === 'number';

/** Runs statements on a connection of `pg` after a look at its state. */
function clientOf(client: PgClient): TransactionClient {
  let isChecked = client.getTransactionStatus !== undefined;
  if (client.getTransactionStatus?.() === 'I') throw noTransaction();
  return {
    async query(text, parameters) {
      if (!isChecked) {
        await askForTransaction(client);
        isChecked = true;
      }
      const { rows, rowCount } = await client.query(text, [...parameters]);
      return { rows, rowCount: rowCount ?? rows.length };
    },
  };
}

/** PostgreSQL has savepoints only inside of transactions. */
async function askForTransaction(client: PgClient): Promise<void> {
  await client.query('SAVEPOINT outbox; RELEASE SAVEPOINT outbox').catch((error: unknown) => {
    throw (error as { code?: unknown }).code === NO_TRANSACTION ? noTransaction(error) : error;
  });
}

const noTransaction = (cause?: unknown): NoOpenTransactionError =>
  Object.assign(new NoOpenTransactionError('This client of pg has no open transaction', REMEDY), { cause });
