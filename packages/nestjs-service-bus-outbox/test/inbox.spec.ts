import { describe, expect, it } from '@jest/globals';
import { Controller, Inject } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { EventPattern, ServiceBusContext, ServiceBusModule } from 'nestjs-service-bus';
import { type PoolClient } from 'pg';

import { until } from '../../../test/support/until.js';
import { Inbox, Once, Outbox, Transaction } from '../src/index.js';
import { PostgresInboxStore } from '../src/inbox/postgres-inbox-store.js';
import { tableNames } from '../src/schema/table-names.js';
import { PgDatabase } from '../src/database/pg-database.js';
import { outboxScene, OutboxScene } from './support/outbox-scene.js';

@Controller()
class OrdersController {
  constructor(
    @Inject(Inbox) private readonly inbox: Inbox,
    @Inject(Outbox) private readonly outbox: Outbox,
    @Inject(OutboxScene) private readonly scene: OutboxScene,
  ) {}

  @EventPattern('orders')
  async handle(@Payload() order: { id: number }, @Ctx() context: ServiceBusContext): Promise<void> {
    await this.scene.transaction((transaction) =>
      this.inbox.once(transaction, context, async () => {
        await transaction.query(`INSERT INTO "${this.scene.schema}".effects VALUES ($1)`, [order.id]);
        await this.outbox.add(transaction, { to: 'results', payload: order.id, sessionId: 's' });
        if (order.id % 2 === 1 && context.attempt === 1) throw new Error('fails after the work is done');
      }),
    );
  }
}

@Controller()
class OnceController {
  constructor(
    @Inject(Outbox) private readonly outbox: Outbox,
    @Inject(OutboxScene) private readonly scene: OutboxScene,
  ) {}

  @EventPattern('orders')
  @Once()
  async handle(
    @Payload() order: { id: number },
    @Ctx() context: ServiceBusContext,
    @Transaction() transaction: PoolClient,
  ): Promise<void> {
    await transaction.query(`INSERT INTO "${this.scene.schema}".effects VALUES ($1)`, [order.id]);
    await this.outbox.add(transaction, { to: 'results', payload: order.id, sessionId: 's' });
    if (order.id % 2 === 1 && context.attempt === 1) throw new Error('fails after the work is done');
  }
}

describe('the inbox', () => {
  const scene = outboxScene({
    entities: { queues: [{ name: 'orders' }, { name: 'results', requiresSession: true }] },
  });
  const once = { consumer: 'c', messageId: '1' };

  it('does work once, also when two deliveries come at the same moment', async () => {
    const { inbox } = await scene.start({ options: { delivers: false } });
    let worked = 0;
    let letGo = (): void => undefined;
    const held = new Promise<void>((resolve) => (letGo = resolve));
    const first = scene.transaction((transaction) =>
      inbox.once(transaction, once, async () => {
        worked++;
        await held;
        return 'done';
      }),
    );
    await until(() => worked === 1);
    const second = scene.transaction((transaction) => inbox.once(transaction, once, () => worked++));
    const waiting = `SELECT count(*)::int AS n FROM pg_stat_activity WHERE wait_event_type = 'Lock'`;
    await until(async () => (await scene.pool.query<{ n: number }>(waiting)).rows[0]?.n === 1);
    letGo();
    expect(await first).toBe('done');
    expect(await second).toBeUndefined();
    expect(worked).toBe(1);
  });

  it('does the work of the second delivery when the first one rolls back', async () => {
    const { inbox } = await scene.start({ options: { delivers: false } });
    const failing = scene.transaction((transaction) =>
      inbox.once(transaction, once, () => Promise.reject(new Error('failed'))),
    );
    await expect(failing).rejects.toThrow('failed');
    expect(await scene.transaction((transaction) => inbox.once(transaction, once, () => 'second'))).toBe(
      'second',
    );
    expect(
      await scene.transaction((transaction) =>
        inbox.once(transaction, { ...once, consumer: 'other' }, () => 'other'),
      ),
    ).toBe('other');
  });

  it('forgets marks after their time, some at a time', async () => {
    const { inbox } = await scene.start({ options: { delivers: false } });
    const database = PgDatabase.on(scene.pool);
    const store = new PostgresInboxStore(database, tableNames({ schema: scene.schema }));
    for (const messageId of ['1', '2', '3']) {
      await scene.transaction((transaction) => inbox.isFirst(transaction, { consumer: 'c', messageId }));
    }
    expect(await store.deleteOld(60_000, 10)).toBe(0);
    expect(await store.deleteOld(0, 2)).toBe(2);
    expect(await store.deleteOld(0, 2)).toBe(1);
  });

  it('says what @Once() lacks when the application starts', async () => {
    const starting = scene.start({
      imports: [ServiceBusModule.forFeature({ pattern: 'orders' })],
      controllers: [OnceController],
      providers: [{ provide: OutboxScene, useValue: scene }],
    });
    await expect(starting).rejects.toThrow('@Once() begins transactions: tell OutboxModule how');
  });

  it.each([
    ['inbox.once', OrdersController],
    ['@Once()', OnceController],
  ])(
    'makes change, mark and result one by %s, whatever is delivered twice or fails',
    async (_, controller) => {
      await scene.pool.query(`CREATE SCHEMA "${scene.schema}"`);
      await scene.pool.query(`CREATE TABLE "${scene.schema}".effects (id int)`);
      await scene.start({
        options: { transaction: (work) => scene.transaction(work) },
        imports: [
          ServiceBusModule.forFeature({
            pattern: 'orders',
            retry: { maxAttempts: 5, delayMs: 1, maxDelayMs: 2 },
          }),
        ],
        controllers: [controller],
        providers: [{ provide: OutboxScene, useValue: scene }],
      });
      const { outbox } = await scene.start({ options: { delivers: false } });
      await scene.transaction(async (transaction) => {
        for (let id = 0; id < 20; id++) {
          // Two messages with one id: what duplicate detection would drop, the inbox does.
          const message = { to: 'orders', payload: { id }, messageId: `order-${id}` };
          await outbox.addAll(transaction, [message, message]);
        }
      });
      await until(
        () => scene.emulator.entity('orders').messages().length === 0 && scene.bodies('results').length >= 20,
      );
      await scene.delivered();
      await until(() => scene.emulator.entity('orders').messages().length === 0);
      const all = Array.from({ length: 20 }, (_, id) => id);
      const numbers = (values: unknown[]): number[] => values.map(Number).sort((one, other) => one - other);
      const effects = await scene.pool.query<{ id: number }>(`SELECT id FROM "${scene.schema}".effects`);
      expect(numbers(effects.rows.map(({ id }) => id))).toEqual(all);
      expect(numbers(scene.bodies('results'))).toEqual(all);
      expect(await scene.rows('inbox')).toHaveLength(20);
    },
  );
});
