import { ServiceBusAdministrationClient } from '@azure/service-bus';
import { describe, expect, it, jest } from '@jest/globals';

import { until } from '../../../test/support/until.js';
import { overPlainHttp } from '../src/sdk/connection/over-plain-http.js';
import { serviceBusScene } from './support/service-bus-scene.js';

const DEAD = 'work/$DeadLetterQueue';
const once = { maxAttempts: 1 };

describe('an output queue that accepts no messages', () => {
  const scene = serviceBusScene({ entities: { queues: ['work', 'out'] } });

  it.each([
    ['disabled', 'com.microsoft:entity-disabled'],
    ['full', 'amqp:resource-limit-exceeded'],
    ['not allowed', 'amqp:unauthorized-access'],
  ] as const)(
    'that is %s is tried once a second, without counting an attempt or running the handler again',
    async (_what, condition) => {
      const handler = jest.fn(() => 'done');
      await scene.startWork(handler, { replyTo: 'out', retry: once });
      scene.emulator.faults.refuseSends(3, condition, 'out');
      const startedAt = performance.now();
      await scene.send('work', { body: 1, messageId: 'm1' });
      await until(() => scene.left('out') === 1);
      expect(performance.now() - startedAt).toBeGreaterThanOrEqual(2_990);
      await until(() => scene.left('work') === 0);
      expect(handler).toHaveBeenCalledTimes(1);
      expect(scene.left(DEAD)).toBe(0);
    },
  );

  it('that is missing is waited for', async () => {
    const handler = jest.fn(() => 'done');
    await scene.startWork(handler, { replyTo: 'later', retry: once });
    await scene.send('work', { body: 1 });
    await until(() => handler.mock.calls.length === 1);
    const { connectionString } = scene.emulator;
    await overPlainHttp(new ServiceBusAdministrationClient(connectionString)).createQueue('later');
    await until(() => scene.left('later') === 1 && scene.left('work') === 0);
    expect(handler).toHaveBeenCalledTimes(1);
  });

  it('is tried by one message of many, and by all as soon as it accepts messages again', async () => {
    const handler = jest.fn((payload: unknown) => payload);
    await scene.startWork(handler, { replyTo: 'out', retry: once, maxConcurrentCalls: 10 });
    scene.emulator.faults.refuseSends(1_000, 'com.microsoft:entity-disabled', 'out');
    await scene.send('work', ...Array.from({ length: 10 }, (_, index) => ({ body: index })));
    await until(() => handler.mock.calls.length === 10);
    expect(scene.left('work')).toBe(10);
    scene.emulator.faults.clear();
    const clearedAt = performance.now();
    await until(() => scene.left('out') === 10 && scene.left('work') === 0);
    expect(performance.now() - clearedAt).toBeLessThan(2_000);
    expect(handler).toHaveBeenCalledTimes(10);
  });

  it('does not delay a shutdown: the input goes back uncounted', async () => {
    const app = await scene.startWork(() => 'done', { replyTo: 'out' }, { drainTimeoutMs: 10_000 });
    scene.emulator.faults.refuseSends(1_000, 'com.microsoft:entity-disabled', 'out');
    const handled = scene.emulator.entity('work');
    await scene.send('work', { body: 1 });
    await until(() => handled.lockedCount === 1);
    const startedAt = performance.now();
    await app.close();
    expect(performance.now() - startedAt).toBeLessThan(3_000);
    scene.emulator.faults.clear();
    const [message] = scene.emulator.entity('work').messages();
    expect(message).toMatchObject({ locked: false, deliveryCount: 1 });
    expect(message?.applicationProperty('retry-attempts')).toBe(0);
  });

  it('fails only the message that chose it as its reply address', async () => {
    await scene.startWork((payload) => payload, { replyTo: 'out', retry: once });
    await scene.send('work', { body: 'bad', replyTo: 'nowhere' }, { body: 'good' });
    const [dead] = await scene.take(DEAD);
    expect(dead?.deadLetterReason).toBe('ReplyToUnreachable');
    await until(() => scene.left('work') === 0);
    const replies = await scene.takeAll('out');
    expect(replies.map(({ body }) => body as unknown)).toEqual(['good']);
  });
});

describe('a busy broker', () => {
  const scene = serviceBusScene({ entities: { queues: ['work', 'out'] } });

  it('gets the reply no sooner than two seconds later; the attempt does not count', async () => {
    const handler = jest.fn(() => 'done');
    await scene.startWork(handler, { replyTo: 'out', retry: once });
    scene.emulator.faults.refuseSends(1, 'com.microsoft:server-busy', 'out');
    const startedAt = performance.now();
    await scene.send('work', { body: 1 });
    await until(() => scene.left('out') === 1);
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(1_990);
    await until(() => scene.left('work') === 0);
    expect(handler).toHaveBeenCalledTimes(1);
    expect(scene.left(DEAD)).toBe(0);
  });
});
