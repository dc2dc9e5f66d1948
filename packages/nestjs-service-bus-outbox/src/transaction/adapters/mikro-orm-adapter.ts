import { NoOpenTransactionError } from '../no-open-transaction.error.js';
import { type TransactionAdapter } from '../transaction-adapter.js';
import { hasMethods } from './has-methods.js';
import { knexAdapter } from './knex-adapter.js';
import { kyselyAdapter } from './kysely-adapter.js';

const REMEDY = 'pass the EntityManager that em.transactional(async (em) => …) gives you.';

/** `EntityManager` of MikroORM, in a transaction. */
export const mikroOrmAdapter: TransactionAdapter = {
  name: 'MikroORM',
  accepts: (transaction) => hasMethods(transaction, 'isInTransaction', 'getTransactionContext'),
  toClient(transaction) {
    const manager = transaction as { isInTransaction(): boolean; getTransactionContext(): unknown };
    if (!manager.isInTransaction()) {
      throw new NoOpenTransactionError('This EntityManager of MikroORM has no open transaction', REMEDY);
    }
    // MikroORM runs its statements by Knex up to version 6, and by Kysely from 7 on.
    const context = manager.getTransactionContext();
    const inner = [knexAdapter, kyselyAdapter].find((adapter) => adapter.accepts(context));
    if (inner === undefined)
      throw new TypeError('The outbox does not know the transactions of this version of MikroORM');
    return inner.toClient(context);
  },
};
