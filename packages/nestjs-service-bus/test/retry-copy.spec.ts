import { type ServiceBusReceivedMessage } from '@azure/service-bus';
import { beforeEach, describe, expect, it } from '@jest/globals';

import { ManualClock } from 'service-bus-emulator';
import { until } from '../../../test/support/until.js';
import { RetryException, type ServiceBusContext } from '../src/index.js';
import { serviceBusScene } from './support/service-bus-scene.js';

const DEAD = 'work/$DeadLetterQueue';
const DELAY_MS = 600;
const retry = { maxHoldMs: 100, maxAttempts: 3 };

describe('a delay longer than a lock may be held', () => {
  const scene = serviceBusScene({
    entities: {
      queues: [
        { name: 'work', requiresDuplicateDetection: true },
        { name: 'out', requiresDuplicateDetection: true },
      ],
      topics: [{ name: 'news', subscriptions: ['mine', 'theirs'] }],
    },
  });

  let clock: ManualClock;

  beforeEach(async () => {
    clock = new ManualClock();
    await scene.reopen({ clock });
  });

  /** Waits for a scheduled copy and lets its time come; returns how long it had to wait, in ms of the broker's clock. */
  const copyComesDue = async (): Promise<number> => {
    await until(() => scene.emulator.entity('work').counts.scheduled === 1);
    const receiver = scene.client.createReceiver('work');
    const messages = await receiver.peekMessages(2);
    await receiver.close();
    // The message that it is a copy of may still be there.
    const dueAtMs = messages.map(({ scheduledEnqueueTimeUtc: time }) => time?.getTime() ?? 0);
    const delayMs = Math.max(...dueAtMs) - clock.now();
    clock.advance(delayMs);
    return delayMs;
  };

  /** Fails every attempt before `success`, and records what it got. */
  const failing = (success: number) => {
    const seen: { message: ServiceBusReceivedMessage; payload: unknown; attempt: number }[] = [];
    const handler = (payload: unknown, { message, attempt }: ServiceBusContext): string => {
      seen.push({ message, payload, attempt });
      if (attempt < success) throw new RetryException({ delayMs: DELAY_MS });
      return 'done';
    };
    return { seen, handler };
  };

  it('is spent as a scheduled copy, even with duplicate detection; the output keeps the original’s id', async () => {
    const { seen, handler } = failing(3);
    await scene.startWork(handler, { retry, replyTo: 'out' });
    await scene.send('work', { body: 1, messageId: 'm1' });
    // The copy is all there is: nothing is held.
    await until(
      () =>
        scene.emulator.entity('work').lockedCount === 0 &&
        scene.emulator.entity('work').counts.scheduled === 1,
    );
    expect(seen.length).toBe(1);
    expect(await copyComesDue()).toBeGreaterThanOrEqual(DELAY_MS);
    await until(() => seen.length === 2);
    expect(await copyComesDue()).toBeGreaterThanOrEqual(DELAY_MS);
    const replies = await scene.take('out');
    expect(replies.map(({ messageId, correlationId }) => [messageId, correlationId])).toEqual([
      ['m1:work', 'm1'],
    ]);
    await until(() => scene.left('work') === 0);
    expect(seen.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
    expect(new Set(seen.map(({ message }) => message.messageId)).size).toBe(3);
    expect(seen[1]?.message.applicationProperties?.['original-message-id']).toBe('m1');
  });

  it('leaves the body and all other properties unchanged', async () => {
    const { seen, handler } = failing(2);
    await scene.startWork(handler, { retry });
    const original = {
      body: Buffer.from([0, 1, 254, 255]),
      messageId: 'm1',
      contentType: 'application/octet-stream',
      correlationId: 'c1',
      subject: 'a subject',
      to: 'somewhere',
      replyTo: 'out',
      replyToSessionId: 'r1',
      sessionId: 's1',
      timeToLive: 3_600_000,
      applicationProperties: { text: 'ä', number: 1.5, isRight: true, at: new Date(1_700_000_000_000) },
    };
    await scene.send('work', original);
    await copyComesDue();
    await until(() => seen.length === 2 && scene.left('work') === 0);
    const [first, second] = seen.map(({ message, payload }) => {
      const { applicationProperties = {}, timeToLive, _rawAmqpMessage: raw } = message;
      const { text, number, isRight, at } = applicationProperties;
      const {
        messageId: _id,
        creationTime: _creation,
        absoluteExpiryTime: _expiry,
        ...properties
      } = raw.properties ?? {};
      const section: unknown = raw.body;
      return { payload, properties, own: { text, number, isRight, at }, section, timeToLive };
    });
    expect(second).toEqual({ ...first, timeToLive: second?.timeToLive });
    expect(second?.own).toEqual(original.applicationProperties);
    expect(second?.timeToLive).toBeLessThanOrEqual(3_600_000 - DELAY_MS);
    expect(second?.timeToLive).toBeGreaterThan(3_500_000);
  });

  it('keeps counting attempts across copies and a restart', async () => {
    const { seen, handler } = failing(100);
    const first = await scene.startWork(handler, { retry });
    await scene.send('work', { body: 1, messageId: 'm1' });
    await until(() => scene.emulator.entity('work').counts.scheduled === 1);
    await first.close();
    await scene.startWork(handler, { retry });
    await copyComesDue();
    await until(() => seen.length === 2);
    await copyComesDue();
    const [dead] = await scene.take(DEAD);
    expect(seen.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
    expect(dead?.applicationProperties).toMatchObject({
      'dead-letter-attempt': 3,
      'original-message-id': 'm1',
    });
    expect(dead?.body).toBe(1);
  });

  it('makes only one copy when the original cannot be completed', async () => {
    const { seen, handler } = failing(2);
    await scene.startWork(handler, { retry });
    scene.emulator.faults.failSettlements(1, 'work');
    await scene.send('work', { body: 1, messageId: 'm1' });
    await copyComesDue();
    await until(() => seen.length === 2);
    expect(seen.map(({ attempt }) => attempt)).toEqual([1, 2]);
  });

  it('is spent with the lock held if no copy can be made', async () => {
    const { seen, handler } = failing(2);
    const refusing = (payload: unknown, context: ServiceBusContext): string => {
      if (seen.length === 0) scene.emulator.faults.refuseSends(1, 'amqp:not-allowed', 'work');
      return handler(payload, context);
    };
    await scene.startWork(refusing, { retry });
    await scene.send('work', { body: 1, messageId: 'm1' });
    await until(() => seen.length === 2 && scene.left('work') === 0);
    expect(seen.map(({ attempt, message }) => [attempt, message.messageId])).toEqual([
      [1, 'm1'],
      [2, 'm1'],
    ]);
  });

  it('is spent with the lock held on a subscription: a copy would reach the other subscriptions too', async () => {
    const { seen, handler } = failing(2);
    await scene.startWork(handler, { retry, topic: 'news', subscription: 'mine' });
    await scene.send('news', { body: 1, messageId: 'm1' });
    await until(() => seen.length === 2 && scene.left('news/Subscriptions/mine') === 0);
    expect(scene.left('news/Subscriptions/theirs')).toBe(1);
    expect(seen.map(({ attempt, message }) => [attempt, message.messageId])).toEqual([
      [1, 'm1'],
      [2, 'm1'],
    ]);
  });
});

describe('a retry policy', () => {
  const scene = serviceBusScene({ entities: { queues: ['work'] } });

  it('is chosen by the class of the error', async () => {
    class DownstreamError extends Error {}
    class TimeoutError extends DownstreamError {}
    class WrongOrderError extends Error {}
    const runs: Record<string, number> = {};
    const errors: Record<string, Error> = {
      timeout: new TimeoutError(),
      order: new WrongOrderError(),
      other: new Error(),
    };
    const handler = (payload: unknown): void => {
      const name = String(payload);
      runs[name] = (runs[name] ?? 0) + 1;
      throw errors[name] ?? new Error(name);
    };
    const exceptions = [
      { type: DownstreamError, maxAttempts: 4 },
      { type: WrongOrderError, maxAttempts: 1 },
    ];
    await scene.startWork(handler, { retry: { maxAttempts: 2, delayMs: 5, exceptions } });
    await scene.send('work', { body: 'timeout' }, { body: 'order' }, { body: 'other' });
    await until(() => scene.left(DEAD) === 3);
    expect(runs).toEqual({ timeout: 4, order: 1, other: 2 });
  });
});
