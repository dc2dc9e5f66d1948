import { ServiceBusAdministrationClient } from '@azure/service-bus';
import { describe, expect, it, jest } from '@jest/globals';

import { until } from '../../../test/support/until.js';
import { type BindingOptions, ServiceBusMessageBuilder } from '../src/index.js';
import { overPlainHttp } from '../src/sdk/connection/over-plain-http.js';
import { type ServiceBusTestbedOptions } from '../src/testing.js';
import { BATCH_HANDLER, BatchController } from './support/batch-controller.js';
import { serviceBusScene } from './support/service-bus-scene.js';
import { useTestbeds } from './support/work-testbed.js';

const once = { maxAttempts: 1 };

describe('an output queue that accepts no messages', () => {
  const { openWork } = useTestbeds();

  it.each([
    ['disabled', 'com.microsoft:entity-disabled'],
    ['full', 'amqp:resource-limit-exceeded'],
    ['not allowed', 'amqp:unauthorized-access'],
  ] as const)(
    'that is %s is tried once a second, without counting an attempt or running the handler again',
    async (_what, condition) => {
      const handler = jest.fn(() => 'done');
      const bus = await openWork(handler, { replyTo: 'out', retry: once });
      bus.faults.refuseSends(3, condition, 'out');
      await bus.send('work', 1);
      await bus.clock.advance(2_999);
      expect(bus.sent).toEqual([]);
      expect(bus.entity('work').lockedCount).toBe(1);
      await bus.clock.advance(1);
      expect(bus.sent).toMatchObject([{ to: 'out', body: 'done' }]);
      expect(bus.completed).toMatchObject([{ attempt: 1 }]);
      expect(handler).toHaveBeenCalledTimes(1);
      expect([bus.retried.length, bus.deadLettered.length]).toEqual([0, 0]);
    },
  );

  it('is tried by one message of many, and by all as soon as it accepts messages again', async () => {
    const handler = jest.fn((payload: unknown) => payload);
    const bus = await openWork(handler, { replyTo: 'out', retry: once, maxConcurrentCalls: 10 });
    bus.faults.refuseSends(1_000, 'com.microsoft:entity-disabled', 'out');
    for (let body = 0; body < 10; body++) await bus.send('work', body);
    await bus.clock.advance(5_000);
    expect(handler).toHaveBeenCalledTimes(10);
    expect(bus.entity('work').lockedCount).toBe(10);
    expect(bus.sent).toEqual([]);
    bus.faults.clear();
    await bus.clock.advance(1_000);
    expect(bus.sent).toHaveLength(10);
    expect(bus.completed).toHaveLength(10);
    expect(handler).toHaveBeenCalledTimes(10);
  });

  it.each<[string, BindingOptions, ServiceBusTestbedOptions]>([
    ['sessions', { sessions: {} }, {}],
    [
      'batches',
      { batch: { maxMessages: 2, maxWaitMs: 60_000 } },
      {
        controllers: [BatchController],
        providers: [{ provide: BATCH_HANDLER, useValue: (payloads: unknown[]) => payloads }],
      },
    ],
  ])('holds back results of %s as well, until its time', async (_what, binding, options) => {
    const bus = await openWork((payload) => payload, { replyTo: 'out', ...binding }, options);
    bus.faults.refuseSends(1, 'com.microsoft:entity-disabled', 'out');
    for (const body of ['a', 'b'])
      await bus.send('work', new ServiceBusMessageBuilder(body).setSessionId('s').build());
    await bus.settled();
    expect(bus.completed).toEqual([]);
    await bus.clock.advance(1_000);
    expect(bus.sent.map(({ body }) => body).sort()).toEqual(['a', 'b']);
    expect(bus.completed).toHaveLength(2);
  });

  it('fails only the message that chose it as its reply address', async () => {
    const bus = await openWork((payload) => payload, { replyTo: 'out', retry: once });
    await bus.sendMessage('work', { body: 'bad', replyTo: 'nowhere' });
    await bus.sendMessage('work', { body: 'good' });
    await bus.settled();
    expect(bus.deadLettered).toMatchObject([{ body: 'bad', reason: 'ReplyToUnreachable' }]);
    expect(bus.sent).toMatchObject([{ to: 'out', body: 'good' }]);
  });

  it('that is busy gets the reply no sooner than two seconds later; the attempt does not count', async () => {
    const handler = jest.fn(() => 'done');
    const bus = await openWork(handler, { replyTo: 'out', retry: once });
    bus.faults.refuseSends(1, 'com.microsoft:server-busy', 'out');
    await bus.send('work', 1);
    await bus.clock.advance(1_999);
    expect(bus.sent).toEqual([]);
    await bus.clock.advance(1_001);
    expect(bus.sent).toHaveLength(1);
    expect(bus.completed).toMatchObject([{ attempt: 1 }]);
    expect(handler).toHaveBeenCalledTimes(1);
    expect(bus.deadLettered).toEqual([]);
  });
});

describe('an output queue that is away', () => {
  const scene = serviceBusScene({ entities: { queues: ['work', 'out'] } });

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
});
