import { setTimeout as delay } from 'node:timers/promises';

import { type ServiceBusReceiver } from '@azure/service-bus';
import { afterEach, describe, expect, it } from '@jest/globals';

import { until } from '../../../test/support/until.js';
import {
  type BindingOptions,
  getReceiverToken,
  LockLostError,
  type ServiceBusContext,
  ServiceBusModule,
} from '../src/index.js';
import { type ServiceBusTestbed } from '../src/testing.js';
import { serviceBusScene } from './support/service-bus-scene.js';
import { type WorkHandler } from './support/work-controller.js';
import { useTestbeds } from './support/work-testbed.js';

const LOCK_MS = 1_000;
const LINK_LOCK_MS = 30_000;
const entities = { queues: [{ name: 'work', lockDurationMs: LOCK_MS }, 'out'] };
/** Time goes on while handlers are at work. */
const meanwhile = { awaitHandlers: false };

describe('the lock of a message in work', () => {
  const { openWork } = useTestbeds();
  let bus: ServiceBusTestbed;
  let release = (): void => undefined;
  let held: Promise<void>;

  async function open(handler: WorkHandler, binding: BindingOptions = {}): Promise<void> {
    held = new Promise((resolve) => (release = resolve));
    bus = await openWork(handler, binding, { entities });
  }

  const aborted = ({ signal }: ServiceBusContext): Promise<void> =>
    new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));

  afterEach(() => release());

  it('is renewed for a handler that takes five times its duration: it runs once', async () => {
    const counts: (number | undefined)[] = [];
    await open(
      async (_payload, context) => {
        counts.push(context.message.deliveryCount);
        await held;
        return 'done';
      },
      { replyTo: 'out' },
    );
    await bus.send('work', 1);
    await until(() => counts.length === 1);
    await bus.clock.advance(5 * LOCK_MS, meanwhile);
    expect(bus.entity('work').lockedCount).toBe(1);
    release();
    await bus.settled();
    expect(bus.sent).toMatchObject([{ to: 'out' }]);
    expect(counts).toEqual([0]);
  });

  it('is renewed for each of many messages with the same id, even when others of that id are settled', async () => {
    let runs = 0;
    const handler = async (payload: unknown): Promise<void> => {
      runs++;
      if (payload === 'long') await held;
    };
    await open(handler, { maxConcurrentCalls: 100 });
    const bodies = Array.from({ length: 100 }, (_, index) => (index % 2 === 0 ? 'short' : 'long'));
    for (const body of bodies) await bus.sendMessage('work', { body, messageId: 'the same' });
    await until(() => runs === 100 && bus.completed.length === 50);
    await bus.clock.advance(3 * LOCK_MS, meanwhile);
    expect(bus.entity('work').lockedCount).toBe(50);
    release();
    await bus.settled();
    expect(bus.completed).toHaveLength(100);
    expect(runs).toBe(100);
  });

  it('survives renewals that fail for a while', async () => {
    let runs = 0;
    await open(() => {
      runs++;
      bus.faults.failRenewals(2, 'com.microsoft:server-busy', 'work');
      return held;
    });
    await bus.send('work', 1);
    await until(() => runs === 1);
    await bus.clock.advance(3 * LOCK_MS, meanwhile);
    release();
    await bus.settled();
    expect(runs).toBe(1);
    expect(bus.completed).toMatchObject([{ attempt: 1 }]);
  });

  it('once lost aborts the signal; that delivery’s output is not sent, and the next delivery decides', async () => {
    const reasons: unknown[] = [];
    let runs = 0;
    const handler = async (_payload: unknown, context: ServiceBusContext): Promise<string> => {
      if (++runs > 1) return `run ${runs}`;
      bus.faults.failRenewals(1, 'com.microsoft:message-lock-lost', 'work');
      await aborted(context);
      reasons.push(context.signal.reason);
      return 'too late';
    };
    await open(handler, { replyTo: 'out' });
    await bus.send('work', 1);
    await until(() => runs === 1);
    await bus.clock.advance(LOCK_MS, meanwhile);
    await bus.clock.advance(LOCK_MS);
    expect(bus.sent).toMatchObject([{ to: 'out', body: 'run 2' }]);
    expect(bus.completed).toMatchObject([{ attempt: 2 }]);
    expect(reasons).toEqual([expect.any(LockLostError)]);
  });

  it('is lost when it expires because no renewal gets through', async () => {
    let abortedAtMs = 0;
    let runs = 0;
    const handler = async (_payload: unknown, context: ServiceBusContext): Promise<void> => {
      if (++runs > 1) return;
      bus.faults.failRenewals(1_000, 'com.microsoft:server-busy', 'work');
      await aborted(context);
      abortedAtMs = bus.clock.now;
      bus.faults.clear();
    };
    await open(handler);
    const sentAtMs = bus.clock.now;
    await bus.send('work', 1);
    await until(() => runs === 1);
    await bus.clock.advance(LOCK_MS, meanwhile);
    await bus.settled();
    expect(abortedAtMs - sentAtMs).toBeGreaterThan(LOCK_MS / 2);
    expect(abortedAtMs - sentAtMs).toBeLessThanOrEqual(LOCK_MS);
    await bus.clock.advance(LOCK_MS);
    expect(runs).toBe(2);
    expect(bus.completed).toMatchObject([{ attempt: 2 }]);
  });
});

describe('the lock of a message of an injected receiver', () => {
  const scene = serviceBusScene({ entities });

  it('is renewed until it is settled', async () => {
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
