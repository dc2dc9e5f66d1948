import { NoOpenTransactionError } from '../no-open-transaction.error.js';
import { type TransactionAdapter } from '../transaction-adapter.js';
import { type StatementResult } from '../transaction-client.js';
import { hasMethods } from './has-methods.js';

/** What is used of Prisma's `TransactionClient`. */
interface PrismaTransaction {
  $queryRawUnsafe(text: string, ...parameters: unknown[]): Promise<StatementResult['rows']>;
  $executeRawUnsafe(text: string, ...parameters: unknown[]): Promise<number>;
}

const REMEDY = 'pass the client that prisma.$transaction(async (tx) => …) gives you.';
const RETURNS_ROWS = /^\s*(?:SELECT|WITH)\b|\bRETURNING\b/;

/** The client inside of Prisma's interactive transactions. */
export const prismaAdapter: TransactionAdapter = {
  name: 'Prisma',
  accepts: (transaction) => hasMethods(transaction, '$queryRawUnsafe', '$executeRawUnsafe'),
  toClient(transaction) {
    if (!isInTransaction(transaction)) {
      throw new NoOpenTransactionError('This client of Prisma has no open transaction', REMEDY);
    }
    const client = transaction as PrismaTransaction;
    return {
      async query(text, parameters) {
        // One method tells the rows, the other one their number.
        if (!RETURNS_ROWS.test(text)) {
          return { rows: [], rowCount: await client.$executeRawUnsafe(text, ...parameters) };
        }
        const rows = await client.$queryRawUnsafe(text, ...parameters);
        return { rows, rowCount: rows.length };
      },
    };
  },
};

/** Of a client that is in a transaction Prisma takes these methods away. */
const isInTransaction = (value: unknown): boolean =>
  !hasMethods(value, '$connect') && !hasMethods(value, '$disconnect');
