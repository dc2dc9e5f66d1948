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

  it('forgets lanes that nobody uses, and none that is held, put off, or failing', async () => {
    const names = tableNames({ schema: 'idle_lanes' });
    await ensureSchema(database, names);
    const store = new PostgresOutboxStore(database, names);
    const add = (to: string): Promise<void> =>
      transaction((client) => store.add(client, [storeMessage({ to, payload: 1, orderingKey: 'k' })]));
    const claim = { lanes: 10, leaseMs: 60_000, held: [], looksWithinMs: 0 };
    const owner = randomUUID();
    for (const to of ['idle', 'failing', 'held']) await add(to);
    const claimed = await store.claim(owner, claim);
    const messages = await store.fetch(
      claimed.map(({ lane }) => lane),
      { messages: 10, bytes: 1e6 },
    );
    const laneOf = (to: string): number => messages.find(({ destination }) => destination === to)?.lane ?? 0;
    await store.settle(owner, {
      sent: messages,
      refused: [],
      released: [laneOf('idle')],
      postponed: [{ lane: laneOf('failing'), delayMs: 0 }],
    });
    expect(await store.deleteIdleLanes(3_600_000, 10)).toBe(0);
    const left = async (): Promise<unknown[]> =>
      (await pool.query<{ lane: number }>(`SELECT lane FROM ${names.lanes}`)).rows.map(({ lane }) => lane);
    await until(async () => {
      await store.deleteIdleLanes(0, 10);
      return (await left()).length === 2;
    });
    expect(new Set(await left())).toEqual(new Set([laneOf('failing'), laneOf('held')]));
    // One that has been forgotten is made again by the next message, for one owner.
    await add('idle');
    const owners = await Promise.all([1, 2, 3].map(() => store.claim(randomUUID(), claim)));
    expect(owners.flat()).toEqual([{ lane: laneOf('idle'), failures: 0 }]);
  });

  it('keeps the order of each key while lanes are forgotten under its deliverers', async () => {
    const names = tableNames({ schema: 'forgotten_lanes' });
    await ensureSchema(database, names);
    const store = new PostgresOutboxStore(database, names);
    const count = 60;
    const sent = new Map<string, number[]>();
    const holders = new Map<number, string>();
    let isOver = false;
    const deliver = async (owner: string): Promise<void> => {
      while (!isOver) {
        const claimed = await store.claim(owner, { lanes: 2, leaseMs: 60_000, held: [], looksWithinMs: 0 });
        const lanes = claimed.map(({ lane }) => lane);
        for (const lane of lanes) expect([lane, holders.get(lane)]).toEqual([lane, undefined]);
        for (const lane of lanes) holders.set(lane, owner);
        const messages = await store.fetch(lanes, { messages: 3, bytes: 1e6 });
        for (const { orderingKey = '', body } of messages) {
          sent.set(orderingKey, [...(sent.get(orderingKey) ?? []), Number(Buffer.from(body).toString())]);
        }
        for (const lane of lanes) holders.delete(lane);
        await store.settle(owner, { sent: messages, refused: [], released: lanes, postponed: [] });
      }
    };
    const forget = async (): Promise<number> => {
      let forgotten = 0;
      while (!isOver) forgotten += await store.deleteIdleLanes(0, 10);
      return forgotten;
    };
    const deliverers = Promise.all([1, 2, 3].map(() => deliver(randomUUID())));
    const forgetting = forget();
    const keys = ['a', 'b', 'c', 'd'];
    for (let number = 0; number < count; number += 1) {
      const batch = keys.map((orderingKey) => storeMessage({ to: 'q', payload: number, orderingKey }));
      await transaction((client) => store.add(client, batch));
    }
    const isDelivered = (): boolean => keys.every((key) => (sent.get(key) ?? []).length >= count);
    await Promise.race([until(isDelivered), deliverers]).finally(() => (isOver = true));
    await deliverers;
    expect(await forgetting).toBeGreaterThan(0);
    const inOrder = Array.from({ length: count }, (_, number) => number);
    for (const key of keys) expect(sent.get(key)).toEqual(inOrder);
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
