import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';

import { until } from '../../../test/support/until.js';
import {
  type Database,
  ensureSchema,
  migrationsScript,
  PgDatabase,
  tableNames,
  type TransactionClient,
} from '../src/index.js';
import { storeMessage } from '../src/message/store-message.js';
import { checkSchema } from '../src/schema/ensure-schema.js';
import { PostgresOutboxStore } from '../src/store/postgres-outbox-store.js';
import { pgClientAdapter } from './support/pg-client-adapter.js';
import { startPostgres, type TestPostgres } from './support/start-postgres.js';
import { storeConformance } from './support/store-conformance.js';

describe('PostgreSQL', () => {
  let postgres: TestPostgres;
  let pool: pg.Pool;
  let database: Database;
  beforeAll(async () => {
    postgres = await startPostgres();
    pool = new pg.Pool({ connectionString: postgres.connectionString, max: 12 });
    database = await PgDatabase.connect({ connectionString: postgres.connectionString, maxConnections: 8 });
  });
  afterAll(async () => {
    await database.close();
    await pool.end();
    await postgres.close();
  });

  const transaction = async <Result>(
    work: (client: ReturnType<typeof pgClientAdapter.toClient>) => Promise<Result>,
  ): Promise<Result> => {
    const client = await pool.connect();
    try {
      await client.query('BEGIN');
      const result = await work(pgClientAdapter.toClient(client));
      await client.query('COMMIT');
      return result;
    } catch (error) {
      await client.query('ROLLBACK');
      throw error;
    } finally {
      client.release();
    }
  };

  storeConformance('PostgreSQL', async () => {
    // Names with everything that has to be quoted.
    const names = tableNames({ schema: `te"st '\\${randomUUID()}`, prefix: 'bus_' });
    await ensureSchema(database, names);
    return { store: new PostgresOutboxStore(database, names, { keepsSent: true }), transaction };
  });

  it('draws the numbers of a key behind its lock, also where nobody is notified', async () => {
    const names = tableNames({ schema: 'quiet' });
    await ensureSchema(database, names);
    const store = new PostgresOutboxStore(database, names, { notifies: false });
    const add = (client: TransactionClient, ...payloads: number[]): Promise<void> =>
      store.add(
        client,
        payloads.map((payload) => storeMessage({ to: 'q', payload, orderingKey: 'k' })),
      );
    const waiting = `SELECT count(*)::int AS n FROM pg_stat_activity WHERE wait_event = 'advisory'`;
    let others: Promise<unknown> | undefined;
    await transaction(async (client) => {
      await add(client, 1);
      others = Promise.all([
        transaction((second) => add(second, 3)),
        transaction((third) => add(third, 3, 3)),
      ]);
      await until(async () => (await pool.query<{ n: number }>(waiting)).rows[0]?.n === 2);
      await add(client, 2);
    });
    await others;
    const { rows } = await pool.query<{ body: string }>(
      `SELECT convert_from(body, 'UTF8') AS body FROM quiet.service_bus_outbox ORDER BY id`,
    );
    expect(rows.map(({ body }) => body)).toEqual(['1', '2', '3', '3', '3']);
  });

  it('has its tables made once, by many processes at a time', async () => {
    const names = tableNames({ schema: 'made' });
    await expect(checkSchema(database, names)).rejects.toThrow('lack the migrations 1 (outbox and inbox)');
    await Promise.all(Array.from({ length: 4 }, () => ensureSchema(database, names)));
    await checkSchema(database, names);
    const { rows } = await pool.query('SELECT version FROM made.service_bus_outbox_migrations');
    expect(rows).toEqual([{ version: 1 }]);
  });

  it('has its tables made by a script as well, which may run again', async () => {
    const names = tableNames({ schema: 'by_script' });
    await pool.query(migrationsScript(names));
    await pool.query(migrationsScript(names));
    await checkSchema(database, names);
    expect(() => tableNames({ prefix: 'a-b' })).toThrow('prefix is "a-b"');
  });

  it('has its tables made by who may create tables in a schema, and no schema', async () => {
    const names = tableNames({ schema: 'tenant' });
    await pool.query('CREATE SCHEMA tenant; CREATE ROLE tenant; GRANT ALL ON SCHEMA tenant TO tenant');
    const client = await pool.connect();
    try {
      await client.query('SET ROLE tenant');
      await ensureSchema(PgDatabase.on(client), names);
    } finally {
      client.release(true);
    }
    await checkSchema(database, names);
  });

  it('lets those who only add do so with the rights to add', async () => {
    const names = tableNames({ schema: 'rights' });
    await ensureSchema(database, names);
    await pool.query(`CREATE ROLE adder; GRANT USAGE ON SCHEMA rights TO adder;
      GRANT INSERT ON rights.service_bus_outbox TO adder; GRANT SELECT ON rights.service_bus_outbox_watch TO adder`);
    const store = new PostgresOutboxStore(database, names);
    const message = {
      destination: 'q',
      messageId: 'm',
      contentType: 'a/b',
      body: Buffer.of(1),
      properties: '{}',
    };
    await transaction(async (client) => {
      await client.query('SET LOCAL ROLE adder', []);
      await store.add(client, [{ ...message, orderingKey: undefined }]);
      await store.add(client, [{ ...message, orderingKey: 'k' }]);
      await store.add(client, [
        { ...message, orderingKey: 'k' },
        { ...message, orderingKey: 'l' },
      ]);
    });
    expect((await store.statistics()).waiting).toBe(4);
  });
});
