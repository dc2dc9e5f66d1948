import 'reflect-metadata';

import { once } from 'node:events';

import { Controller, Inject, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Ctx, Payload } from '@nestjs/microservices';
import {
  EventPattern,
  ServiceBusContext,
  ServiceBusModule,
  ServiceBusSenders,
  ServiceBusServer,
} from 'nestjs-service-bus';
import pg from 'pg';

import { type Database, Inbox, Outbox, OutboxModule, PgDatabase, tableNames } from '../../src/index.js';
import { outboxStatements } from '../../src/store/outbox-statements.js';
import { pgClientAdapter } from '../support/pg-client-adapter.js';
import { type WorkerOrders } from './crash-plan.js';
import { CrashPoints } from './crash-points.js';

// Forked by CrashWorker. Adds an order and its message in one transaction; handles orders with the inbox, and adds a
// result to the outbox; delivers both. All of it may end at any moment.
process.on('disconnect', () => process.exit(1));
process.send?.('ready');
const [orders] = (await once(process, 'message')) as [WorkerOrders];
const { bus, database: url, schema, keys, messagesPerKey } = orders;

const points = new CrashPoints(orders.accident, async (kind) => {
  process.send?.(kind);
  await once(process, 'message');
});
const newPool = (): pg.Pool => {
  const pool = new pg.Pool({
    connectionString: url,
    max: 4,
    connectionTimeoutMillis: 5_000,
    query_timeout: 5_000,
  });
  pool.on('error', () => undefined);
  pool.on('connect', (client) => points.watch(client));
  return pool;
};
const pool = newPool();

/** Who has a transaction, and the names of the statements that the outbox runs in it. */
interface Work {
  readonly who: 'order' | 'handler';
  readonly ownStatements: string[];
}
const works = new WeakMap<pg.PoolClient, Work>();

type Statement = Parameters<typeof points.around>[0];
const around = (what: string, ask: () => Promise<pg.QueryResult>): Promise<pg.QueryResult> =>
  points.around(what as Statement, ask);

function statement(
  client: pg.PoolClient,
  text: string,
  parameters: unknown[] = [],
  name = /^\w+/.exec(text)?.[0],
): Promise<pg.QueryResult> {
  return around(`${works.get(client)?.who} ${name}`, () => client.query(text, parameters));
}

const watched = {
  ...pgClientAdapter,
  toClient: (transaction: unknown) => ({
    async query(text: string, parameters: readonly unknown[]) {
      const client = transaction as pg.PoolClient;
      const name = works.get(client)?.ownStatements.shift();
      const { rows, rowCount } = await statement(client, text, [...parameters], name);
      return { rows: rows as Record<string, unknown>[], rowCount: rowCount ?? 0 };
    },
  }),
};

async function transaction<Result>(
  { who, ownStatements }: Work,
  work: (client: pg.PoolClient) => Promise<Result>,
): Promise<Result> {
  const client = await pool.connect();
  works.set(client, { who, ownStatements: [...ownStatements] });
  let failure: Error | undefined;
  try {
    await statement(client, 'BEGIN');
    const result = await work(client);
    isSomethingWaiting = true;
    await statement(client, 'COMMIT');
    return result;
  } catch (error) {
    failure = error as Error;
    throw error;
  } finally {
    // A connection whose transaction did not end well is not used again.
    client.release(failure);
  }
}

const ORDER: Work = { who: 'order', ownStatements: ['add 1', 'add 2'] };
const HANDLER: Work = { who: 'handler', ownStatements: ['mark', 'add'] };

@Controller()
class OrdersController {
  constructor(
    @Inject(Inbox) private readonly inbox: Inbox,
    @Inject(Outbox) private readonly outbox: Outbox,
  ) {}

  @EventPattern('orders')
  async handle(
    @Payload() { key, n }: { key: string; n: number },
    @Ctx() context: ServiceBusContext,
  ): Promise<void> {
    await transaction(HANDLER, (client) =>
      this.inbox.once(client, context, async () => {
        await statement(client, `INSERT INTO ${schema}.effects (key, n, sequence) VALUES ($1, $2, $3)`, [
          key,
          n,
          String(context.message.sequenceNumber),
        ]);
        await this.outbox.add(client, { to: 'results', sessionId: key, payload: n });
      }),
    );
    // The message is completed in the meantime, or is not.
    setImmediate(() => void points.pass('during completion'));
    setTimeout(() => void points.pass('after completion'), 3);
  }
}

const deliveryPool = newPool();
const plain = PgDatabase.on(deliveryPool, () => {
  const client = new pg.Client(url);
  client.once('connect', () => points.watch(client));
  return client;
});
const known = outboxStatements(tableNames({ schema }), { notifies: false });
const deliveryStatements = new Map<string, Statement>(
  (['claim', 'fetch', 'settle'] as const).map((name) => [known[name], name]),
);
/** Looks that find nothing are passed over: there are any number of them. */
let isSomethingWaiting = false;
const database: Database = {
  async query(text, parameters) {
    const what = deliveryStatements.get(text);
    const ask = (): ReturnType<Database['query']> => plain.query(text, parameters);
    if (!what || (what === 'claim' && !isSomethingWaiting)) return ask();
    const result = await points.around(what, ask);
    if (what === 'claim' && result.rowCount > 0) isSomethingWaiting = false;
    return result;
  },
  listen: (...listener) => plain.listen(...listener),
  close: () => Promise.resolve(),
};

@Module({
  imports: [
    ServiceBusModule.forRoot({ connectionString: bus, retryOptions: { maxRetries: 0 } }),
    ServiceBusModule.forFeature({
      pattern: 'orders',
      sessions: { maxConcurrentSessions: 4, idleTimeoutMs: 500 },
      retry: { maxAttempts: 1_000, delayMs: 20, maxDelayMs: 200 },
    }),
    OutboxModule.forRoot({
      database,
      adapters: [watched],
      schema,
      ensureSchema: false,
      leaseMs: 500,
      pollIntervalMs: 100,
      retry: { minDelayMs: 50, maxDelayMs: 200 },
    }),
  ],
  controllers: [OrdersController],
})
class WorkerModule {}

const { send } = ServiceBusSenders.prototype;
let turn = Promise.resolve();
ServiceBusSenders.prototype.send = async function (...message) {
  const queue = message[0] as 'orders' | 'ledger' | 'results';
  // One after the other: a point that waits for the database must not let later messages pass.
  turn = turn.then(() => points.pass(`before sending to ${queue}`));
  await turn;
  await points.around(`sending to ${queue}`, () => send.apply(this, message));
};

const app = await NestFactory.create(WorkerModule, {
  logger: process.env['WORKER_LOG'] ? ['error', 'warn', 'log'] : false,
});
app.connectMicroservice({ strategy: app.get(ServiceBusServer) }, { inheritAppConfig: true });
await app.startAllMicroservices();
await app.init();

const outbox = app.get(Outbox);
/** Goes on behind what the database has: whether a commit came through, nobody else knows. */
async function produce(key: string): Promise<void> {
  for (;;) {
    try {
      const isOver = await transaction(ORDER, async (client) => {
        const known = `SELECT count(*)::int AS n FROM ${schema}.orders WHERE key = $1`;
        const [row] = (await statement(client, known, [key])).rows as { n: number }[];
        const n = row?.n ?? 0;
        if (n >= messagesPerKey) return true;
        await statement(client, `INSERT INTO ${schema}.orders (key, n) VALUES ($1, $2)`, [key, n]);
        const payload = { key, n };
        // The second one shows what the outbox does, whatever handlers do afterwards.
        await outbox.add(client, { to: 'orders', sessionId: key, payload });
        await outbox.add(client, { to: 'ledger', sessionId: key, payload: n });
        return false;
      });
      if (isOver) return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}
await Promise.all(keys.map(produce));
