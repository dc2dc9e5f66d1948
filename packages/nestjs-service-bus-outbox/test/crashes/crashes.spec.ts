import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { type Emulator, startEmulator } from 'service-bus-emulator';

import { ensureSchema, PgDatabase, tableNames } from '../../src/index.js';
import { startPostgres, type TestPostgres } from '../support/start-postgres.js';
import { ALL_ACCIDENTS, type CrashKind, livesOf } from './crash-plan.js';
import { CrashWorker } from './crash-worker.js';

const SEEDS = Number(process.env['OUTBOX_CRASH_SEEDS'] ?? 3);
const FIRST_SEED = Number(process.env['OUTBOX_CRASH_SEED'] ?? 0);
const KEYS = ['a', 'b', 'c'];
const MESSAGES_PER_KEY = 4;
const SEED_TIMEOUT_MS = 60_000;
const ALL = Array.from({ length: MESSAGES_PER_KEY }, (_, n) => n);

describe('a process, its connections or its database that end at any step', () => {
  let postgres: TestPostgres;
  let pool: pg.Pool;
  let next: CrashWorker | undefined;

  beforeAll(async () => {
    postgres = await startPostgres();
    pool = new pg.Pool({ connectionString: postgres.connectionString });
    pool.on('error', () => undefined);
    next = new CrashWorker();
  });
  afterAll(async () => {
    await next?.kill();
    await pool.end();
    await postgres.close();
  });

  const seeds = Array.from({ length: SEEDS }, (_, index) => FIRST_SEED + index);
  it.each(seeds)(
    'leave one effect and one result of each message, in the order of its key (seed %i)',
    async (seed) => {
      const schema = `seed_${seed}`;
      await prepare(schema);
      const emulator = await startBus();
      try {
        await run(seed, schema, emulator);
        await judge(schema, emulator);
      } finally {
        await emulator.close();
      }
    },
    SEED_TIMEOUT_MS * 3,
  );

  it('have every kind of accident at every point', () => {
    const first = Array.from({ length: ALL_ACCIDENTS }, (_, seed) => livesOf(seed)[0]?.accident);
    expect(new Set(first.map((accident) => `${accident?.kind} ${accident?.point}`)).size).toBe(ALL_ACCIDENTS);
  });

  async function prepare(schema: string): Promise<void> {
    await ensureSchema(PgDatabase.on(pool), tableNames({ schema }));
    for (const table of ['orders', 'effects']) {
      await pool.query(
        `CREATE TABLE ${schema}.${table} (at bigint GENERATED ALWAYS AS IDENTITY, key text, n int, sequence bigint)`,
      );
    }
  }

  async function run(seed: number, schema: string, emulator: Emulator): Promise<void> {
    for (const [index, life] of livesOf(seed).entries()) {
      const worker = next ?? new CrashWorker();
      next = new CrashWorker();
      const orders = { bus: emulator.connectionString, database: postgres.connectionString, schema };
      const accident = async (kind: CrashKind): Promise<void> => {
        if (kind === 'drop') emulator.dropConnections();
        if (kind !== 'restart') return;
        await postgres.crash();
        await postgres.start();
      };
      await worker.live({ ...orders, ...life, keys: KEYS, messagesPerKey: MESSAGES_PER_KEY }, accident);
      try {
        await untilOver(worker, schema, emulator);
      } finally {
        await worker.kill();
      }
      // All may be done before a later one.
      if (index === 0) expect(worker.accident).toBe(life.accident?.kind);
    }
  }

  /** Until the worker has died, or everything is done. */
  async function untilOver(worker: CrashWorker, schema: string, emulator: Emulator): Promise<void> {
    const deadline = performance.now() + SEED_TIMEOUT_MS;
    while (worker.isRunning && !(await isDone(schema, emulator).catch(() => false))) {
      if (performance.now() > deadline)
        throw new Error(`not done:\n${await state(schema, emulator)}\n${worker.output}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async function isDone(schema: string, emulator: Emulator): Promise<boolean> {
    if (emulator.entity('results').messages().length < KEYS.length * MESSAGES_PER_KEY) return false;
    if (emulator.entity('orders').messages().length > 0) return false;
    const { rows } = await pool.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM ${schema}.service_bus_outbox`,
    );
    return rows[0]?.n === 0;
  }

  async function state(schema: string, emulator: Emulator): Promise<string> {
    const count = async (table: string): Promise<unknown> =>
      (await pool.query(`SELECT count(*)::int AS n FROM ${schema}.${table}`)).rows;
    const tables = [
      'orders',
      'effects',
      'service_bus_outbox',
      'service_bus_inbox',
      'service_bus_outbox_refused',
    ];
    const counts = await Promise.all(tables.map(async (table) => [table, await count(table)]));
    return JSON.stringify([counts, ...['orders', 'results'].map((queue) => emulator.entity(queue).counts)]);
  }

  async function judge(schema: string, emulator: Emulator): Promise<void> {
    const inQueue = (queue: string, key: string): unknown[] =>
      emulator
        .entity(queue)
        .messages()
        .filter(({ sessionId }) => sessionId === key)
        .map(({ body }) => body);
    for (const key of KEYS) {
      const numbers = async (table: string): Promise<number[]> =>
        (
          await pool.query<{ n: number }>(`SELECT n FROM ${schema}.${table} WHERE key = $1 ORDER BY at`, [
            key,
          ])
        ).rows.map(({ n }) => n);
      expect(await numbers('orders')).toEqual(ALL);
      expect(inQueue('ledger', key)).toEqual(ALL);
      const { rows } = await pool.query(`SELECT * FROM ${schema}.effects WHERE key = $1 ORDER BY at`, [key]);
      expect({ effects: await numbers('effects'), rows }).toEqual({ effects: ALL, rows });
      expect(inQueue('results', key)).toEqual(ALL);
    }
    const refused = await pool.query(`SELECT FROM ${schema}.service_bus_outbox_refused`);
    expect(refused.rowCount).toBe(0);
    expect(emulator.entity('orders/$DeadLetterQueue').messages()).toEqual([]);
  }
});

function startBus(): Promise<Emulator> {
  return startEmulator({
    port: 0,
    administrationPort: false,
    entities: {
      queues: [
        // Without duplicate detection: what is sent twice, the inbox has to recognize.
        { name: 'orders', requiresSession: true, lockDurationMs: 2_000, maxDeliveryCount: 2_000 },
        { name: 'ledger', requiresSession: true, requiresDuplicateDetection: true },
        { name: 'results', requiresSession: true, requiresDuplicateDetection: true },
      ],
    },
  });
}
