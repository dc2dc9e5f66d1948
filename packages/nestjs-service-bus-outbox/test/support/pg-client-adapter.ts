import type pg from 'pg';

import { type TransactionAdapter } from '../../src/index.js';

/** Clients of `pg`, for tests that are about something else. */
export const pgClientAdapter: TransactionAdapter = {
  name: 'pg',
  accepts: (transaction) => typeof (transaction as pg.Client).query === 'function',
  toClient: (transaction) => ({
    async query(text, parameters) {
      const { rows, rowCount } = await (transaction as pg.Client).query(text, [...parameters]);
      return { rows: rows as Record<string, unknown>[], rowCount: rowCount ?? 0 };
    },
  }),
};
