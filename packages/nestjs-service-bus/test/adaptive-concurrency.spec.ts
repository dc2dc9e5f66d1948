import { setTimeout as delay } from 'node:timers/promises';

import { describe, expect, it, jest } from '@jest/globals';

import { until } from '../../../test/support/until.js';
import { serviceBusScene } from './support/service-bus-scene.js';
import { type ServiceBusApp } from './support/start-service-bus-app.js';

jest.setTimeout(90_000);

const limitOf = ({ server }: ServiceBusApp): number => server.health()[0]?.concurrency?.limit ?? 0;
const many = (count: number): { body: number }[] => Array.from({ length: count }, (_, body) => ({ body }));

// What holds on any machine: how the limit moves is proved on virtual time, beside the law.
describe('maxConcurrentCalls: auto', () => {
  const scene = serviceBusScene({ entities: { queues: ['work', 'out'] } });

  it('never processes more messages at once than its limit says, and loses none', async () => {
    let inWork = 0;
    let most = 0;
    let done = 0;
    let overdrawn = 0;
    const state: { app?: ServiceBusApp } = {};
    const handler = async (): Promise<void> => {
      most = Math.max(most, ++inWork);
      if (state.app && inWork > limitOf(state.app)) overdrawn++;
      await delay(100);
      inWork--;
      done++;
    };
    const app = (state.app = await scene.startWork(handler, { maxConcurrentCalls: 'auto' }));
    expect(app.server.health()[0]?.concurrency).toEqual({ limit: 16, max: 200 });
    const messages = 1_500;
    await scene.send('work', ...many(messages));
    await until(() => most >= 16, 30_000);
    const details = (await app.health.isHealthy())['service-bus:work'];
    expect(details).toMatchObject({ status: 'up', concurrency: { limit: limitOf(app), max: 200 } });
    await until(() => done >= messages, 30_000);
    await until(() => scene.left('work') === 0);
    expect([done, overdrawn]).toEqual([messages, 0]);
    expect(most).toBeLessThanOrEqual(200);
    expect(scene.left('work/$DeadLetterQueue')).toBe(0);
  });

  it('stays low when handlers block the event loop, so that more at once would gain nothing', async () => {
    let done = 0;
    const handler = (): void => {
      for (const end = performance.now() + 30; performance.now() < end;);
      done++;
    };
    const app = await scene.startWork(handler, { maxConcurrentCalls: 'auto' });
    const limits: number[] = [];
    const watch = setInterval(() => limits.push(limitOf(app)), 20);
    await scene.send('work', ...many(200));
    await until(() => done === 200, 40_000);
    clearInterval(watch);
    // On a busy machine the cause is hidden: one step up may be tried, but not a second.
    expect(Math.max(...limits)).toBeLessThan(64);
  });

  it('respects a maximum of its own if one is set', async () => {
    let inWork = 0;
    let most = 0;
    const handler = async (): Promise<void> => {
      most = Math.max(most, ++inWork);
      await delay(200);
      inWork--;
    };
    const app = await scene.startWork(handler, { maxConcurrentCalls: { max: 20 } });
    await scene.send('work', ...many(500));
    await until(() => scene.left('work') === 0, 30_000);
    expect(app.server.health()[0]?.concurrency?.max).toBe(20);
    expect(most).toBeGreaterThanOrEqual(16);
    expect(most).toBeLessThanOrEqual(20);
  });

  it('processes fewer messages while the broker refuses results, and all of them once it takes them', async () => {
    const retryOptions = { maxRetries: 0, timeoutInMs: 5_000 };
    const binding = { maxConcurrentCalls: 'auto', replyTo: 'out' } as const;
    const app = await scene.startWork(() => delay(20, 'done'), binding, { retryOptions });
    scene.emulator.faults.refuseSends(100_000, 'com.microsoft:server-busy', 'out');
    await scene.send('work', ...many(300));
    await until(() => limitOf(app) <= 4);
    scene.emulator.faults.clear();
    await until(() => scene.left('work') === 0 && scene.left('out') === 300, 30_000);
  });
});

describe('maxConcurrentCalls: auto, under lock pressure', () => {
  const scene = serviceBusScene({ entities: { queues: [{ name: 'work', lockDurationMs: 3_000 }] } });

  it('processes fewer messages when locks are not renewed', async () => {
    let isOver = false;
    const handler = async (): Promise<void> => {
      while (!isOver) await delay(50);
    };
    const app = await scene.startWork(handler, { maxConcurrentCalls: 'auto' });
    scene.emulator.faults.failRenewals(100_000, 'com.microsoft:server-busy', 'work');
    await scene.send('work', ...many(100));
    await until(() => limitOf(app) < 16, 30_000);
    scene.emulator.faults.clear();
    isOver = true;
    await until(() => scene.left('work') === 0);
  });
});
