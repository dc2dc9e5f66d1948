import { describe, expect, it, jest } from '@jest/globals';

import { until } from '../../../test/support/until.js';
import { RetryException, type ServiceBusContext } from '../src/index.js';
import { serviceBusScene } from './support/service-bus-scene.js';

const DEAD = 'work/$DeadLetterQueue';
const thrice = { maxAttempts: 3, delayMs: 10 };

const aborted = ({ signal }: ServiceBusContext): Promise<void> =>
  new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));

describe('the attempts at a message', () => {
  const scene = serviceBusScene({
    entities: {
      queues: [
        { name: 'work', maxDeliveryCount: 50, lockDurationMs: 1_000 },
        { name: 'ordered', maxDeliveryCount: 50, requiresSession: true },
      ],
    },
  });

  it('end, without a further run, when as many deliveries ended without a word', async () => {
    await scene.send('work', { body: 'kills its process' });
    const receiver = scene.client.createReceiver('work', { maxAutoLockRenewalDurationInMs: 0 });
    // Each lock ends by itself, as that of a process that was killed.
    for (let delivery = 0; delivery < 3; delivery++) await receiver.receiveMessages(1);
    await receiver.close();
    const handler = jest.fn();
    await scene.startWork(handler, { retry: thrice });
    const [dead] = await scene.take(DEAD);
    expect(dead).toMatchObject({
      deadLetterReason: 'MaxAttemptsExceeded',
      deadLetterErrorDescription: expect.stringContaining('each of its 3 attempts') as unknown,
    });
    expect(handler).not.toHaveBeenCalled();
  });

  it('count runs that lose their lock every time', async () => {
    const attempts: number[] = [];
    await scene.startWork(
      async (_payload, context) => {
        attempts.push(context.attempt);
        scene.emulator.faults.failRenewals(1, 'com.microsoft:message-lock-lost', 'work');
        await aborted(context);
      },
      { retry: thrice },
    );
    await scene.send('work', { body: 1 });
    const [dead] = await scene.take(DEAD);
    expect(dead?.deadLetterReason).toBe('MaxAttemptsExceeded');
    expect(attempts).toEqual([1, 2, 3]);
  });

  it.each([
    ['loses its session every time', true],
    ['loses its session when it is tried again', false],
  ])('count a run that %s, which the broker does not', async (_how, isAlways) => {
    const attempts: number[] = [];
    await scene.startWork(
      async (payload, context) => {
        if (payload === 'good') return;
        attempts.push(context.attempt);
        if (!isAlways && context.attempt === 1) throw new Error('the first one fails');
        scene.emulator.detachLinks('ordered');
        await aborted(context);
      },
      { queue: 'ordered', sessions: { maxConcurrentSessions: 1 }, retry: thrice },
    );
    await scene.send('ordered', { body: 'bad', sessionId: 's' }, { body: 'good', sessionId: 's' });
    const [dead] = await scene.take('ordered/$DeadLetterQueue');
    expect(dead?.deadLetterReason).toBe('MaxAttemptsExceeded');
    expect(attempts).toEqual([1, 2, 3]);
    await until(() => scene.left('ordered') === 0);
  });

  it.each([
    [-1e9, 0],
    [-1e9, -1],
    [1e9, -1],
    [1e9, 0],
    [2.5, -1],
    [0, -1e9],
    [Number.MAX_SAFE_INTEGER, -1],
  ])(
    'are at least one and at most as configured when a sender claims %p of them, noted at %p',
    async (claim, at) => {
      const attempts: number[] = [];
      await scene.startWork(
        (_payload, { attempt }) => {
          attempts.push(attempt);
          throw new Error('bad');
        },
        { retry: thrice },
      );
      const applicationProperties = { 'retry-attempts': claim, 'retry-delivery-count': at };
      await scene.send('work', { body: 1, applicationProperties });
      const [dead] = await scene.take(DEAD);
      expect(dead?.deadLetterReason).toBe('Error');
      expect(attempts).toEqual([1, 2, 3].slice(-attempts.length));
      expect(attempts.length).toBeGreaterThan(0);
    },
  );
});

describe('a handler on a dead-letter queue', () => {
  const scene = serviceBusScene({
    entities: { queues: [{ name: 'work', lockDurationMs: 5_000 }] },
  });
  const inDeadLetterQueue = { queue: DEAD, retry: thrice };

  async function sendDead(): Promise<void> {
    await scene.send('work', { body: 'dead', applicationProperties: { tenant: 'blue' } });
    const receiver = scene.client.createReceiver('work');
    const [message] = await receiver.receiveMessages(1);
    if (message)
      await receiver.deadLetterMessage(message, {
        deadLetterReason: 'First',
        deadLetterErrorDescription: 'by hand',
      });
    await receiver.close();
  }

  it('tries as often as anywhere, then defers the message where it is, with the reason', async () => {
    const attempts: number[] = [];
    await scene.startWork((_payload, { attempt }) => {
      attempts.push(attempt);
      throw new RangeError('still bad');
    }, inDeadLetterQueue);
    await sendDead();
    await until(() => scene.emulator.entity(DEAD).counts.deferred === 1);
    expect(attempts).toEqual([1, 2, 3]);
    const [message] = scene.emulator.entity(DEAD).messages();
    expect(message?.applicationProperty('tenant')).toBe('blue');
    expect(message?.applicationProperty('DeadLetterReason')).toBe('First');
    expect(message?.applicationProperty('dead-letter-end-reason')).toBe('RangeError');
    expect(message?.applicationProperty('dead-letter-end-description')).toContain('still bad');
    expect(message?.applicationProperty('dead-letter-attempt')).toBe(3);
  });

  it('goes on counting after a restart, and begins anew with a message that was sent again', async () => {
    const attempts: number[] = [];
    const handler = (_payload: unknown, { attempt }: ServiceBusContext): void => {
      attempts.push(attempt);
      if (attempts.length !== 4) throw new RetryException({ delayMs: attempt === 2 ? 60_000 : 1 });
    };
    const app = await scene.startWork(handler, { queue: DEAD, retry: { maxAttempts: 5 } });
    await sendDead();
    await until(() => attempts.length === 2);
    await app.close();
    expect(scene.emulator.entity(DEAD).lockedCount).toBe(0);
    await scene.startWork(handler, { queue: DEAD, retry: { maxAttempts: 5 } });
    await until(() => scene.left(DEAD) === 0);
    expect(attempts).toEqual([1, 2, 3, 4]);
    await sendDead();
    await until(() => attempts.length === 5);
    expect(attempts.at(-1)).toBe(1);
  });

  it('counts runs that lose their lock every time', async () => {
    const attempts: number[] = [];
    await scene.startWork(
      async (_payload, context) => {
        attempts.push(context.attempt);
        scene.emulator.faults.failRenewals(1, 'com.microsoft:message-lock-lost');
        await aborted(context);
      },
      { queue: DEAD, retry: { maxAttempts: 2 } },
    );
    await sendDead();
    await until(() => scene.emulator.entity(DEAD).counts.deferred === 1, 18_000);
    expect(attempts).toEqual([1, 2]);
    const [message] = scene.emulator.entity(DEAD).messages();
    expect(message?.applicationProperty('dead-letter-end-reason')).toBe('MaxAttemptsExceeded');
  });
});
