import { setTimeout as delay } from 'node:timers/promises';

import { type ServiceBusReceiver } from '@azure/service-bus';
import { describe, expect, it } from '@jest/globals';

import { until } from '../../../test/support/until.js';
import { getReceiverToken, LockLostError, type ServiceBusContext, ServiceBusModule } from '../src/index.js';
import { serviceBusScene } from './support/service-bus-scene.js';

const LOCK_MS = 1_000;
const LINK_LOCK_MS = 30_000;

describe('the lock of a message in work', () => {
  const scene = serviceBusScene({
    entities: { queues: [{ name: 'work', lockDurationMs: LOCK_MS }, 'out'] },
  });

  it('is renewed for a handler that takes five times its duration: it runs once', async () => {
    const counts: (number | undefined)[] = [];
    const handler = async (_payload: unknown, context: ServiceBusContext): Promise<string> => {
      counts.push(context.message.deliveryCount);
      await delay(5 * LOCK_MS);
      return 'done';
    };
    await scene.startWork(handler, { replyTo: 'out' });
    await scene.send('work', { body: 1 });
    await until(() => scene.left('work') === 0);
    expect(await scene.takeAll('out')).toHaveLength(1);
    expect(counts).toEqual([0]);
  });

  it('is renewed for each of many messages with the same id, even when others of that id are settled', async () => {
    let runs = 0;
    const handler = async (payload: unknown): Promise<void> => {
      runs++;
      await delay(Number(payload));
    };
    await scene.startWork(handler, { maxConcurrentCalls: 100 });
    const messages = Array.from({ length: 100 }, (_, index) => ({
      body: index % 2 === 0 ? 50 : 2 * LOCK_MS,
      messageId: 'the same',
    }));
    await scene.send('work', ...messages);
    await until(() => scene.left('work') === 0);
    expect(runs).toBe(100);
  });

  it('survives renewals that fail for a while', async () => {
    let runs = 0;
    await scene.startWork(async () => {
      runs++;
      scene.emulator.faults.failRenewals(2, 'com.microsoft:server-busy', 'work');
      await delay(3 * LOCK_MS);
    });
    await scene.send('work', { body: 1 });
    await until(() => scene.left('work') === 0);
    expect(runs).toBe(1);
  });

  it('once lost aborts the signal; that delivery’s output is not sent, and the next delivery decides', async () => {
    const reasons: unknown[] = [];
    let runs = 0;
    const handler = async (_payload: unknown, context: ServiceBusContext): Promise<string> => {
      if (++runs > 1) return `run ${runs}`;
      scene.emulator.faults.failRenewals(1, 'com.microsoft:message-lock-lost', 'work');
      await new Promise<void>((resolve) => context.signal.addEventListener('abort', () => resolve()));
      reasons.push(context.signal.reason);
      return 'too late';
    };
    await scene.startWork(handler, { replyTo: 'out' });
    await scene.send('work', { body: 1 });
    await until(() => scene.left('out') === 1);
    await until(() => scene.left('work') === 0);
    const replies = await scene.takeAll('out');
    expect(replies.map(({ body }) => body as unknown)).toEqual(['run 2']);
    expect(reasons).toEqual([expect.any(LockLostError)]);
    await until(() => scene.left('work') === 0);
  });

  it('is lost when it expires because no renewal gets through', async () => {
    let abortedAfterMs = 0;
    let runs = 0;
    const handler = async (_payload: unknown, context: ServiceBusContext): Promise<void> => {
      if (++runs > 1) return;
      const startedAt = performance.now();
      scene.emulator.faults.failRenewals(1_000, 'com.microsoft:server-busy', 'work');
      await new Promise<void>((resolve) => context.signal.addEventListener('abort', () => resolve()));
      abortedAfterMs = performance.now() - startedAt;
      scene.emulator.faults.clear();
    };
    await scene.startWork(handler);
    await scene.send('work', { body: 1 });
    await until(() => runs === 2 && scene.left('work') === 0);
    expect(abortedAfterMs).toBeGreaterThan(LOCK_MS / 2);
    expect(abortedAfterMs).toBeLessThan(LOCK_MS + 1_000);
  });

  it('is renewed for messages of an injected receiver until they are settled', async () => {
    const app = await scene.startApp({ imports: [ServiceBusModule.forFeature({ receivers: ['work'] })] });
    const receiver = app.app.get<ServiceBusReceiver>(getReceiverToken('work'), { strict: false });
    await scene.send('work', { body: 1 });
    const [message] = await receiver.receiveMessages(1);
    await delay(3 * LOCK_MS);
    if (message) await receiver.completeMessage(message);
    expect(scene.left('work')).toBe(0);
  });
});

describe('a lock that ends with its link', () => {
  const scene = serviceBusScene({
    locksEndWithLink: true,
    entities: { queues: [{ name: 'work', lockDurationMs: LINK_LOCK_MS }, 'out'] },
  });

  it('is noticed soon after the link is back, long before it would expire', async () => {
    let abortedAfterMs = 0;
    let runs = 0;
    const handler = async (_payload: unknown, context: ServiceBusContext): Promise<string> => {
      if (++runs > 1) return 'done';
      const startedAt = performance.now();
      scene.emulator.detachLinks('work');
      await new Promise<void>((resolve) => context.signal.addEventListener('abort', () => resolve()));
      abortedAfterMs = performance.now() - startedAt;
      return 'too late';
    };
    await scene.startWork(handler, { replyTo: 'out' });
    await scene.send('work', { body: 1 });
    const [reply] = await scene.take('out');
    expect(reply?.body).toBe('done');
    await until(() => abortedAfterMs > 0);
    expect(abortedAfterMs).toBeLessThan(LINK_LOCK_MS / 2);
  });
});
