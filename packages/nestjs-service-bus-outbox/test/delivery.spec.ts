import { describe, expect, it } from '@jest/globals';

import { until } from '../../../test/support/until.js';
import { type OutboxMessage } from '../src/index.js';
import { outboxScene } from './support/outbox-scene.js';

describe('the outbox', () => {
  const scene = outboxScene({
    entities: {
      queues: [
        'out',
        'other',
        { name: 'sessions', requiresSession: true },
        { name: 'once', requiresDuplicateDetection: true },
      ],
      topics: [{ name: 'events', subscriptions: ['all'] }],
    },
  });

  it('sends a message with all it has after the commit, and never after a rollback', async () => {
    const { outbox } = await scene.start();
    const rollback = scene.transaction(async (transaction) => {
      await outbox.add(transaction, { to: 'out', payload: 'never' });
      throw new Error('rolled back');
    });
    await expect(rollback).rejects.toThrow('rolled back');
    const added = await scene.transaction(async (transaction) => {
      const first = await outbox.add(transaction, {
        to: 'out',
        payload: { a: 'ü' },
        subject: 'created',
        correlationId: 'c',
        applicationProperties: { n: 1.5, at: new Date(0), flag: true },
      });
      expect(scene.bodies('out')).toEqual([]);
      await outbox.add(transaction, { to: 'out', payload: Buffer.from([0, 255]), contentType: 'image/png' });
      await outbox.add(transaction, { to: 'events', payload: null, delayMs: 3_600_000 });
      return first;
    });
    await scene.delivered();
    const messages = scene.emulator.entity('out').messages();
    expect(messages.map(({ body }) => body)).toEqual(
      expect.arrayContaining([{ a: 'ü' }, Buffer.from([0, 255])]),
    );
    const first = messages.find(({ messageId }) => messageId === added.messageId);
    expect(first).toMatchObject({ subject: 'created', correlationId: 'c', body: { a: 'ü' } });
    expect(first?.applicationProperty('n')).toBe(1.5);
    expect(scene.emulator.entity('events/Subscriptions/all').counts).toMatchObject({ active: 0 });
  });

  it('refuses what the broker never takes while the transaction can still do something about it', async () => {
    const { outbox } = await scene.start();
    await scene.transaction(async (transaction) => {
      const circle: { self?: unknown } = {};
      circle.self = circle;
      const wrong = [
        { to: '', payload: 1 },
        { to: 'out', payload: undefined },
        { to: 'out', payload: circle },
        { to: 'out', payload: 1, messageId: 'x'.repeat(129) },
        { to: 'out', payload: 1, sessionId: 'a\0b' },
        { to: 'out', payload: 1, timeToLive: 5 },
        { to: 'out', payload: 1, delayMs: 1e300 },
        { to: 'out', payload: 1, contentType: 'application/json; a=\0' },
        { to: 'out', payload: 1, applicationProperties: { 'a\0b': 1 } },
        null as unknown as OutboxMessage,
        { to: 'out', payload: 1, applicationProperties: { big: 1n as unknown as number } },
      ];
      for (const message of wrong) {
        await expect(outbox.add(transaction, message)).rejects.toMatchObject({
          name: 'InvalidOutboxMessageError',
        });
      }
    });
    await expect(outbox.add({}, { to: 'out', payload: 1 })).rejects.toThrow(
      'no transaction that the outbox knows',
    );
  });

  it('keeps the order of each key over many transactions, instances and refusals of the broker', async () => {
    const instances = await Promise.all([scene.start(), scene.start()]);
    const keys = ['a', 'b', 'c', 'd', 'e'];
    scene.emulator.faults.refuseSends(3, 'com.microsoft:server-busy', 'sessions');
    const next = new Map(keys.map((key) => [key, 0]));
    const writer = async (index: number): Promise<void> => {
      for (let round = 0; round < 30; round++) {
        const key = keys[(index + round) % keys.length] ?? 'a';
        const { outbox } = instances[round % 2] ?? instances[0];
        await scene.transaction(async (transaction) => {
          await outbox.add(transaction, { to: 'out', payload: 'noise' });
          // Numbered behind the key's lock: in the order of the commits.
          await transaction.query('SELECT pg_advisory_xact_lock(hashtext($1))', [key]);
          const number = next.get(key) ?? 0;
          next.set(key, number + 2);
          const message = (offset: number): { to: string; sessionId: string; payload: number } => ({
            to: 'sessions',
            sessionId: key,
            payload: number + offset,
          });
          if (round % 3 === 0) await outbox.addAll(transaction, [message(0), message(1)]);
          else for (const offset of [0, 1]) await outbox.add(transaction, message(offset));
        });
      }
    };
    await Promise.all([0, 1, 2].map(writer));
    await scene.delivered();
    const messages = scene.emulator.entity('sessions').messages();
    for (const key of keys) {
      const numbers = messages.filter(({ sessionId }) => sessionId === key).map(({ body }) => body);
      expect(numbers).toEqual(Array.from({ length: next.get(key) ?? 0 }, (_, number) => number));
    }
    expect(scene.bodies('out')).toHaveLength(90);
  });

  it('sets aside what the broker refuses for good, with its reason, and goes on', async () => {
    const { outbox, health } = await scene.start({ options: { keepSentMs: 60_000 } });
    await scene.transaction(async (transaction) => {
      const to = 'sessions';
      await outbox.add(transaction, { to, payload: 1, sessionId: 's' });
      await outbox.add(transaction, { to, payload: 'x'.repeat(300_000), sessionId: 's' });
      await outbox.add(transaction, { to, payload: 2, sessionId: 's' });
      await outbox.add(transaction, { to, payload: 'without a session', orderingKey: 's' });
      await outbox.add(transaction, { to, payload: 3, sessionId: 's' });
      await outbox.add(transaction, { to, payload: 4, sessionId: 's', timeToLiveMs: 1 });
    });
    await scene.delivered();
    expect(scene.bodies('sessions')).toEqual([1, 2, 3]);
    const refused = await outbox.listRefused();
    expect(refused.map(({ reason }) => reason).sort()).toEqual([
      'GeneralError',
      'MessageSizeExceeded',
      'TimeToLiveExpiredError',
    ]);
    expect(await health.isHealthy()).toMatchObject({ outbox: { status: 'up', waiting: 0, refused: 3 } });
    expect(await scene.rows('outbox_sent')).toHaveLength(3);
    expect(await outbox.retryRefused(refused.map(({ id }) => id))).toBe(3);
    await until(async () => (await outbox.statistics()).refused === 3);
    const again = await outbox.listRefused(2);
    expect(await outbox.deleteRefused(again.map(({ id }) => id))).toBe(2);
    expect(await outbox.listRefused()).toHaveLength(1);
  });

  it('lets messages wait for a destination that takes none, and the others pass', async () => {
    const { outbox, health } = await scene.start();
    await scene.transaction(async (transaction) => {
      await outbox.add(transaction, { to: 'missing', payload: 1 });
      await outbox.add(transaction, { to: 'other', payload: 2 });
    });
    await until(() => scene.bodies('other').length === 1);
    await until(async () => JSON.stringify(await health.isHealthy()).includes('MessagingEntityNotFound'));
    // The row of what has arrived goes a moment later.
    await until(async () => (await outbox.statistics()).waiting === 1);
    expect(await outbox.statistics()).toMatchObject({ waiting: 1, refused: 0 });
  });

  it('is unhealthy where messages wait for too long, and while the database is away', async () => {
    const { outbox, health } = await scene.start({ options: { delivers: false, unhealthyAgeMs: 1 } });
    expect(await health.isHealthy()).toMatchObject({ outbox: { status: 'up', waiting: 0 } });
    await scene.transaction((transaction) => outbox.add(transaction, { to: 'out', payload: 1 }));
    const error = async (): Promise<unknown> => (await health.isHealthy())['outbox']?.['error'];
    await until(async () => (await error()) === 'the oldest message has waited for 0 s');
    await scene.postgres.crash();
    try {
      expect(await health.isHealthy('messages')).toMatchObject({ messages: { status: 'down' } });
      expect(await error()).toMatch(/ECONNREFUSED|terminated/);
    } finally {
      await scene.postgres.start();
    }
    await until(async () => /oldest/.test(String(await error())));
  });

  it('leaves what it has not sent to others when the application stops', async () => {
    const first = await scene.start();
    const { outbox } = await scene.start({ options: { delivers: false } });
    await scene.transaction((transaction) => outbox.add(transaction, { to: 'out', payload: 1 }));
    await scene.delivered();
    await first.close();
    await scene.transaction((transaction) => outbox.add(transaction, { to: 'out', payload: 2 }));
    expect(await scene.rows('outbox')).toHaveLength(1);
    await scene.start();
    await scene.delivered();
    expect(scene.bodies('out')).toEqual([1, 2]);
  });

  it('finds messages by polling where it cannot listen', async () => {
    const { outbox } = await scene.start({
      options: { listens: false, notifies: false, pollIntervalMs: 50 },
    });
    await scene.transaction((transaction) => outbox.add(transaction, { to: 'out', payload: 1 }));
    await scene.delivered();
    expect(scene.bodies('out')).toEqual([1]);
  });

  it('goes on by itself after the database has cut all connections', async () => {
    const { outbox } = await scene.start({ options: { pollIntervalMs: 100 } });
    for (let round = 0; round < 3; round++) {
      await scene.transaction((transaction) => outbox.add(transaction, { to: 'once', payload: round }));
      await scene.pool.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'service-bus-outbox'`,
      );
    }
    await scene.delivered();
    expect(scene.bodies('once').sort()).toEqual([0, 1, 2]);
  });
});
