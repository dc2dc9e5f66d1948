import { NoOpenTransactionError } from '../no-open-transaction.error.js';
import { type TransactionAdapter } from '../transaction-adapter.js';
import { type StatementResult } from '../transaction-client.js';
import { hasMethods } from './has-methods.js';

/** What is used of TypeORM's `QueryRunner`. */
interface QueryRunner {
  readonly isTransactionActive: boolean;
  query(
    text: string,
    parameters: unknown[],
    useStructuredResult: true,
  ): Promise<{ readonly records?: StatementResult['rows']; readonly affected?: number | null }>;
}

const REMEDY = 'pass the manager that dataSource.transaction(async (manager) => …) gives you.';
/** TypeORM marks its classes so, for it may be installed twice. */
const MARK = '@instanceof';
const ENTITY_MANAGER = Symbol.for('EntityManager');
const WITHOUT_TRANSACTION = [Symbol.for('DataSource'), Symbol.for('Repository')];

/** `EntityManager` and `QueryRunner` of TypeORM, in a transaction. */
export const typeOrmAdapter: TransactionAdapter = {
  name: 'TypeORM',
  accepts: (transaction) =>
    isQueryRunner(transaction) ||
    [ENTITY_MANAGER, ...WITHOUT_TRANSACTION].some((mark) => isMarked(transaction, mark)),
  toClient(transaction) {
    const runner = runnerOf(transaction);
    if (!runner?.isTransactionActive) {
      throw new NoOpenTransactionError(
        `This ${describe(transaction)} of TypeORM has no open transaction`,
        REMEDY,
      );
    }
    return {
      async query(text, parameters) {
        const { records = [], affected } = await runner.query(text, [...parameters], true);
        return { rows: records, rowCount: affected ?? records.length };
      },
    };
  },
};

const isMarked = (value: unknown, mark: symbol): boolean =>
  typeof value === 'object' && value !== null && (value as Record<string, unknown>)[MARK] === mark;

const isQueryRunner = (value: unknown): value is QueryRunner =>
  hasMethods(value, 'query', 'startTransaction', 'commitTransaction') &&
  typeof (value as { isTransactionActive?: unknown }).isTransactionActive === 'boolean';

function runnerOf(value: unknown): QueryRunner | undefined {
  if (isQueryRunner(value)) return value;
  return isMarked(value, ENTITY_MANAGER) ? (value as { queryRunner?: QueryRunner }).queryRunner : undefined;
}

function describe(value: unknown): string {
  if (isQueryRunner(value)) return 'QueryRunner';
  return (value as Record<string, symbol>)[MARK]?.description ?? 'object';
}
