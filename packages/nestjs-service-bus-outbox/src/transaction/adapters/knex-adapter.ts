import { NoOpenTransactionError } from '../no-open-transaction.error.js';
import { type TransactionAdapter } from '../transaction-adapter.js';
import { type StatementResult } from '../transaction-client.js';
import { hasMethods } from './has-methods.js';

/** What is used of Knex' `Transaction`, and of Knex itself. */
interface KnexTransaction {
  readonly isTransaction?: boolean;
  isCompleted?(): boolean;
  raw(
    text: string,
    bindings: readonly unknown[],
  ): PromiseLike<{ readonly rows: StatementResult['rows']; readonly rowCount: number | null }>;
}

const REMEDY = 'pass the transaction that knex.transaction(async (trx) => …) gives you.';
const PLACEHOLDER = /\$(\d+)/g;

/** `Transaction` of Knex. */
export const knexAdapter: TransactionAdapter = {
  name: 'Knex',
  accepts: (transaction) => hasMethods(transaction, 'raw', 'queryBuilder', 'transaction'),
  toClient(transaction) {
    const knex = transaction as KnexTransaction;
    if (knex.isTransaction !== true || knex.isCompleted?.() === true) {
      throw new NoOpenTransactionError('This object of Knex has no open transaction', REMEDY);
    }
    return {
      async query(text, parameters) {
        // Knex numbers its placeholders by itself: each place gets its value, one that is named twice as well.
        const bindings: unknown[] = [];
        const sql = text.replaceAll(PLACEHOLDER, (_, number: string) => {
          bindings.push(parameters[Number(number) - 1]);
          return '?';
        });
        const { rows, rowCount } = await knex.raw(sql, bindings);
        return { rows, rowCount: rowCount ?? rows.length };
      },
    };
  },
};
