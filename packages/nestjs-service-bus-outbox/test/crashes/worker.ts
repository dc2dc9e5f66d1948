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

import { type Database, Inbox, Outbox, OutboxModule, PgDatabase } from '../../src/index.js';
import { pgClientAdapter } from '../support/pg-client-adapter.js';
import { type WorkerOrders } from './crash-plan.js';
import { CrashSteps } from './crash-steps.js';

// Forked by CrashWorker. Adds an order and its message in one transaction; handles orders with the inbox, and adds a
// result to the outbox; delivers both. All of it may end at any moment.
process.on('disconnect', () => process.exit(1));
process.send?.('ready');
const [orders] = (await once(process, 'message')) as [WorkerOrders];
const { bus, database: url, schema, keys, messagesPerKey } = orders;

const steps = new CrashSteps(orders.crash, async () => {
  process.send?.('restart');
  await once(process, 'message');
});
const newPool = (): pg.Pool =>
  steps.watch(
    new pg.Pool({ connectionString: url, max: 4, connectionTimeoutMillis: 5_000, query_timeout: 5_000 }),
  );
const pool = newPool();

/** A step before and after each statement. */
async function statement(
  client: pg.PoolClient,
  text: string,
  parameters: unknown[] = [],
): Promise<pg.QueryResult> {
  await steps.pass();
  const result = await client.query(text, parameters);
  await steps.pass();
  return result;
}

const watched = {
  ...pgClientAdapter,
  toClient: (transaction: unknown) => ({
    async query(text: string, parameters: readonly unknown[]) {
      const { rows, rowCount } = await statement(transaction as pg.PoolClient, text, [...parameters]);
      return { rows: rows as Record<string, unknown>[], rowCount: rowCount ?? 0 };
    },
  }),
};

async function transaction<Result>(work: (client: pg.PoolClient) => Promise<Result>): Promise<Result> {
  const client = await pool.connect();
  let failure: Error | undefined;
  try {
    await statement(client, 'BEGIN');
    const result = await work(client);
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
    await transaction((client) =>
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
    setImmediate(() => void steps.pass());
    setTimeout(() => void steps.pass(), 3);
  }
}

const deliveryPool = newPool();
const plain = PgDatabase.on(deliveryPool, () => new pg.Client(url));
const database: Database = {
  async query(text, parameters) {
    const result = await plain.query(text, parameters);
    // A look that finds nothing is no step: there are any number of them.
    if (result.rowCount > 0) await steps.pass();
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
  // One after the other: a step that waits for the database must not let later messages pass.
  turn = turn.then(() => steps.pass());
  await turn;
  await send.apply(this, message);
  await steps.pass();
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
      const isOver = await transaction(async (client) => {
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
