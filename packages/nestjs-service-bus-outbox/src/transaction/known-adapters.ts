import { drizzleAdapter } from './adapters/drizzle-adapter.js';
import { knexAdapter } from './adapters/knex-adapter.js';
import { kyselyAdapter } from './adapters/kysely-adapter.js';
import { mikroOrmAdapter } from './adapters/mikro-orm-adapter.js';
import { pgAdapter } from './adapters/pg-adapter.js';
import { prismaAdapter } from './adapters/prisma-adapter.js';
import { typeOrmAdapter } from './adapters/type-orm-adapter.js';
import { type TransactionAdapter } from './transaction-adapter.js';

/** The adapters that the package brings, in the order in which they are asked: `pg` knows its own by the least. */
export const KNOWN_ADAPTERS: readonly TransactionAdapter[] = [
  typeOrmAdapter,
  prismaAdapter,
  drizzleAdapter,
  kyselyAdapter,
  knexAdapter,
  mikroOrmAdapter,
  pgAdapter,
];
