import 'reflect-metadata';

import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { EntitySchema, MikroORM } from '@mikro-orm/postgresql';
import { drizzle } from 'drizzle-orm/node-postgres';
import createKnex, { type Knex } from 'knex';
import { Kysely, PostgresDialect } from 'kysely';
import { Pool, type PoolClient } from 'pg';
import { DataSource } from 'typeorm';

import { PgDatabase } from '../src/database/pg-database.js';
import { Inbox } from '../src/inbox.service.js';
import { PostgresInboxStore } from '../src/inbox/postgres-inbox-store.js';
import { Outbox } from '../src/outbox.service.js';
import { ensureSchema } from '../src/schema/ensure-schema.js';
import { tableNames } from '../src/schema/table-names.js';
import { PostgresOutboxStore } from '../src/store/postgres-outbox-store.js';
import { KNOWN_ADAPTERS } from '../src/transaction/known-adapters.js';
import { toTransactionClient, UnknownTransactionError } from '../src/transaction/transaction-adapter.js';
import { createPrismaClient } from './support/prisma-client.js';
import { startPostgres, type TestPostgres } from './support/start-postgres.js';

/** A library, with a connection to the suite's database. */
interface Library {
  /** Begins a transaction, has the work done, and commits; or rolls back where it fails. */
  transaction(work: (transaction: unknown) => Promise<void>): Promise<void>;
  /** What one may take for a transaction, and is none, or no more. */
  readonly outside: Readonly<Record<string, unknown>>;
  /** A transaction that has ended. */
  ended?(): Promise<unknown>;
  close(): Promise<void>;
}

const MAX = 2;

const LIBRARIES: Readonly<Record<string, (connectionString: string) => Library | Promise<Library>>> = {
  async pg(connectionString) {
    const pool = new Pool({ connectionString, max: MAX });
    const idle = await pool.connect();
    return {
      async transaction(work) {
        const client = await pool.connect();
        try {
          await client.query('BEGIN');
          await work(client);
          await client.query('COMMIT');
        } catch (error) {
          await client.query('ROLLBACK');
          throw error;
        } finally {
          client.release();
        }
      },
      outside: { 'a pool': pool, 'a client without BEGIN': idle },
      close() {
        idle.release();
        return pool.end();
      },
    };
  },

  /** Its clients do not know their own state. */
  async 'an older pg'(connectionString) {
    const pool = new Pool({ connectionString, max: MAX });
    const older = async (): Promise<PoolClient> =>
      Object.assign(await pool.connect(), { getTransactionStatus: undefined });
    const idle = await older();
    return {
      async transaction(work) {
        const client = await older();
        try {
          await client.query('BEGIN');
          await work(client);
          await client.query('COMMIT');
        } catch (error) {
          await client.query('ROLLBACK');
          throw error;
        } finally {
          client.release();
        }
      },
      outside: { 'a client without BEGIN': idle },
      close() {
        idle.release();
        return pool.end();
      },
    };
  },

  async "TypeORM's EntityManager"(url) {
    const source = await new DataSource({ type: 'postgres', url, poolSize: MAX }).initialize();
    return {
      transaction: (work) => source.transaction(work),
      outside: { 'a data source': source, 'its manager': source.manager },
      async ended() {
        let manager: unknown;
        await source.transaction((given) => {
          manager = given;
          return Promise.resolve();
        });
        return manager;
      },
      close: () => source.destroy(),
    };
  },

  async "TypeORM's QueryRunner"(url) {
    const source = await new DataSource({ type: 'postgres', url, poolSize: MAX }).initialize();
    return {
      async transaction(work) {
        const runner = source.createQueryRunner();
        try {
          await runner.startTransaction();
          await work(runner);
          await runner.commitTransaction();
        } catch (error) {
          await runner.rollbackTransaction();
          throw error;
        } finally {
          await runner.release();
        }
      },
      outside: { 'a query runner without a transaction': source.createQueryRunner() },
      close: () => source.destroy(),
    };
  },

  Prisma(connectionString) {
    const prisma = createPrismaClient(connectionString);
    return {
      transaction: (work) => prisma.$transaction(work),
      outside: { 'a client': prisma },
      close: () => prisma.$disconnect(),
    };
  },

  Drizzle(connectionString) {
    const pool = new Pool({ connectionString, max: MAX });
    const database = drizzle(pool);
    return {
      transaction: (work) => database.transaction(work),
      outside: { 'a database': database },
      async ended() {
        let transaction: unknown;
        await database.transaction((given) => {
          transaction = given;
          return Promise.resolve();
        });
        return transaction;
      },
      close: () => pool.end(),
    };
  },

  Kysely(connectionString) {
    const dialect = new PostgresDialect({ pool: new Pool({ connectionString, max: MAX }) });
    const database = new Kysely<Record<string, never>>({ dialect });
    return {
      transaction: (work) => database.transaction().execute(work),
      outside: { 'a database': database },
      async ended() {
        const transaction = await database.startTransaction().execute();
        await transaction.commit().execute();
        return transaction;
      },
      close: () => database.destroy(),
    };
  },

  Knex(connection) {
    const knex: Knex = createKnex({ client: 'pg', connection, pool: { min: 0, max: MAX } });
    return {
      transaction: (work) => knex.transaction(work),
      outside: { knex },
      async ended() {
        const transaction = await knex.transaction();
        await transaction.commit();
        return transaction;
      },
      close: () => knex.destroy(),
    };
  },

  async MikroORM(clientUrl) {
    const Note = new EntitySchema({ name: 'Note', properties: { id: { type: 'number', primary: true } } });
    const orm = await MikroORM.init({ clientUrl, entities: [Note], pool: { min: 0, max: MAX } });
    return {
      transaction: (work) => orm.em.transactional(work),
      outside: { 'an entity manager': orm.em, 'a fork of it': orm.em.fork() },
      async ended() {
        const em = orm.em.fork();
        await em.begin();
        await em.commit();
        return em;
      },
      close: () => orm.close(true),
    };
  },
};

/** As the outbox and the inbox write their statements: each value is cast, and one may be named twice. */
const ADD = `INSERT INTO message (lane, name, body, properties)
VALUES ($1::int, $2::text, $3::bytea, $4::json) RETURNING NULL`;
const MARK = 'INSERT INTO mark (key) VALUES ($1::text) ON CONFLICT DO NOTHING';
const LOCK = `SELECT count(pg_advisory_xact_lock(key)) FROM unnest($1::bigint[]) AS key`;
const READ = `WITH found AS (SELECT name, body, properties::text AS properties FROM message WHERE name = $1::text)
SELECT *, $1::text AS again FROM found`;

const BODY = Buffer.from([0, 1, 0x27, 0x3f, 0x5c, 0xff]);
/** What a library that writes values into the text, or takes them for placeholders, would break. */
const TEXT = `a "b" 'c' ? ?? \\ $1 :x ü`;

let postgres: TestPostgres;
let pool: Pool;
let outbox: Outbox;
let inbox: Inbox;

beforeAll(async () => {
  postgres = await startPostgres();
  pool = new Pool({ connectionString: postgres.connectionString, max: 2 });
  await pool.query('CREATE TABLE message (lane int, name text, body bytea, properties json)');
  await pool.query('CREATE TABLE mark (key text PRIMARY KEY)');
  const [database, tables] = [PgDatabase.on(pool), tableNames()];
  await ensureSchema(database, tables);
  outbox = new Outbox(new PostgresOutboxStore(database, tables, {}), KNOWN_ADAPTERS, undefined);
  inbox = new Inbox(new PostgresInboxStore(database, tables), KNOWN_ADAPTERS);
});
afterAll(async () => {
  await pool.end();
  await postgres.close();
});
beforeEach(() => pool.query('TRUNCATE message, mark, service_bus_outbox, service_bus_inbox'));

const names = async (): Promise<unknown[]> =>
  (await pool.query<{ name: string }>('SELECT name FROM message ORDER BY name')).rows.map(({ name }) => name);

describe.each(Object.entries(LIBRARIES))('a transaction of %s', (_, open) => {
  let library: Library;
  beforeAll(async () => {
    library = await open(postgres.connectionString);
  });
  afterAll(() => library.close());

  const add = (transaction: unknown, name: string): Promise<unknown> =>
    toTransactionClient(transaction, KNOWN_ADAPTERS).query(ADD, [7, name, BODY, JSON.stringify({ name })]);

  it('has its rows after the commit, and not before', async () => {
    await library.transaction(async (transaction) => {
      await add(transaction, 'committed');
      expect(await names()).toEqual([]);
    });
    expect(await names()).toEqual(['committed']);
  });

  it('leaves nothing after a rollback', async () => {
    const failing = library.transaction(async (transaction) => {
      await add(transaction, 'rolled back');
      throw new Error('changed my mind');
    });
    await expect(failing).rejects.toThrow('changed my mind');
    expect(await names()).toEqual([]);
  });

  it('takes values as they are, and tells rows and their number', async () => {
    await library.transaction(async (transaction) => {
      const client = toTransactionClient(transaction, KNOWN_ADAPTERS);
      await client.query(ADD, [7, TEXT, BODY, JSON.stringify({ TEXT })]);
      await client.query(ADD, [8, 'empty', null, null]);
      await client.query(LOCK, ['{1,9007199254740993}']);
      const { rows, rowCount } = await client.query(READ, [TEXT]);
      expect(rowCount).toBe(1);
      expect(rows[0]).toMatchObject({ name: TEXT, again: TEXT, properties: JSON.stringify({ TEXT }) });
      expect(Buffer.from(rows[0]?.['body'] as Uint8Array)).toEqual(BODY);
    });
  });

  it('tells whether a mark is the first', async () => {
    await library.transaction(async (transaction) => {
      const client = toTransactionClient(transaction, KNOWN_ADAPTERS);
      expect((await client.query(MARK, ['one'])).rowCount).toBe(1);
      expect((await client.query(MARK, ['one'])).rowCount).toBe(0);
    });
  });

  it('holds messages of the outbox and the mark of the inbox', async () => {
    const handle = (transaction: unknown): Promise<unknown> =>
      inbox.once(transaction, { consumer: 'orders', messageId: TEXT }, async () => {
        await outbox.add(transaction, { to: 'plain', payload: { TEXT } });
        await outbox.add(transaction, { to: 'one', payload: BODY, sessionId: TEXT });
        await outbox.addAll(transaction, [
          { to: 'many', payload: TEXT, orderingKey: 'a' },
          { to: 'many', payload: null, orderingKey: 'b', applicationProperties: { TEXT } },
        ]);
        return 'handled';
      });
    const failing = library.transaction(async (transaction) => {
      await handle(transaction);
      throw new Error('changed my mind');
    });
    await expect(failing).rejects.toThrow('changed my mind');
    await library.transaction(async (transaction) => expect(await handle(transaction)).toBe('handled'));
    await library.transaction(async (transaction) => expect(await handle(transaction)).toBeUndefined());
    const { rows } = await pool.query<{ destination: string; body: Buffer }>(
      'SELECT destination, body FROM service_bus_outbox ORDER BY id',
    );
    expect(rows.map(({ destination }) => destination)).toEqual(['plain', 'one', 'many', 'many']);
    expect(rows.map(({ body }) => body.toString('latin1'))).toEqual(
      [JSON.stringify({ TEXT }), BODY, JSON.stringify(TEXT), 'null'].map((body) =>
        Buffer.from(body).toString('latin1'),
      ),
    );
  });

  it('is asked for where none is open, with the remedy', async () => {
    const outside = Object.entries(library.outside);
    if (library.ended) outside.push(['a transaction that has ended', await library.ended()]);
    for (const [what, transaction] of outside) {
      const refused = await Promise.resolve()
        .then(() => add(transaction, what))
        .catch((error: unknown) => error);
      expect([what, refused]).toEqual([what, expect.objectContaining({ name: 'NoOpenTransactionError' })]);
      expect(String(refused)).toMatch(/no open transaction|any connection/);
      expect(String(refused)).toMatch(/: (?:pass|take) /);
    }
    expect(await names()).toEqual([]);
  });
});

describe('an object of no library', () => {
  it.each([undefined, null, 'BEGIN', {}, { query: 1 }, new Map()])(
    'is told from a transaction: %p',
    (value) => {
      expect(() => toTransactionClient(value, KNOWN_ADAPTERS)).toThrow(UnknownTransactionError);
    },
  );
});
