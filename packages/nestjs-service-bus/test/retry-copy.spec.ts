import { type ServiceBusReceivedMessage } from '@azure/service-bus';
import { describe, expect, it } from '@jest/globals';

import { ManualClock } from 'service-bus-emulator';
import { until } from '../../../test/support/until.js';
import { type BindingOptions, RetryException, type ServiceBusContext } from '../src/index.js';
import { type ServiceBusTestbed } from '../src/testing.js';
import { serviceBusScene } from './support/service-bus-scene.js';
import { useTestbeds } from './support/work-testbed.js';

const DELAY_MS = 600;
const retry = { maxHoldMs: 100, maxAttempts: 3 };
const entities = {
  queues: [
    { name: 'work', requiresDuplicateDetection: true },
    { name: 'out', requiresDuplicateDetection: true },
  ],
  topics: [{ name: 'news', subscriptions: ['mine', 'theirs'] }],
};

/** Fails every attempt before `success`, and records what it got. */
function failing(success: number) {
  const seen: { message: ServiceBusReceivedMessage; payload: unknown; attempt: number }[] = [];
  const handler = (payload: unknown, { message, attempt }: ServiceBusContext): string => {
    seen.push({ message, payload, attempt });
    if (attempt < success) throw new RetryException({ delayMs: DELAY_MS });
    return 'done';
  };
  return { seen, handler };
}

describe('a delay longer than a lock may be held', () => {
  const testbeds = useTestbeds();
  let bus: ServiceBusTestbed;

  async function open(
    handler: ReturnType<typeof failing>['handler'],
    binding: BindingOptions = {},
  ): Promise<void> {
    bus = await testbeds.openWork(handler, { retry, ...binding }, { entities });
  }

  /** Whether the message waits as a copy alone: nothing is held, and nobody gets it before its time. */
  async function expectCopy(): Promise<void> {
    await bus.settled();
    const { counts, lockedCount } = bus.entity('work');
    expect({ ...counts, lockedCount }).toEqual({ active: 0, deferred: 0, scheduled: 1, lockedCount: 0 });
    await bus.clock.advance(DELAY_MS - 1);
    expect(bus.entity('work').counts.scheduled).toBe(1);
    await bus.clock.advance(1);
  }

  it('is spent as a scheduled copy, even with duplicate detection; the output keeps the original’s id', async () => {
    const { seen, handler } = failing(3);
    await open(handler, { replyTo: 'out' });
    await bus.sendMessage('work', { body: 1, messageId: 'm1' });
    await expectCopy();
    expect(seen).toHaveLength(2);
    await expectCopy();
    expect(bus.sent).toMatchObject([{ to: 'out', messageId: 'm1:work', correlationId: 'm1' }]);
    expect(bus.completed).toMatchObject([{ attempt: 3 }]);
    expect(bus.entity('work').messageCount).toBe(0);
    expect(seen.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
    expect(new Set(seen.map(({ message }) => message.messageId)).size).toBe(3);
    expect(seen[1]?.message.applicationProperties?.['original-message-id']).toBe('m1');
  });

  it('leaves the body and all other properties unchanged', async () => {
    const { seen, handler } = failing(2);
    await open(handler);
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
    await bus.sendMessage('work', original);
    await expectCopy();
    expect(bus.entity('work').messageCount).toBe(0);
    expect(seen).toHaveLength(2);
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
    expect(second?.timeToLive).toBe(3_600_000 - DELAY_MS);
  });

  it('makes only one copy when the original cannot be completed', async () => {
    const { seen, handler } = failing(2);
    await open(handler);
    bus.faults.failSettlements(1, 'work');
    await bus.sendMessage('work', { body: 1, messageId: 'm1' });
    await bus.settled();
    expect(bus.entity('work').counts.scheduled).toBe(1);
    // The copy comes, and the original when its lock ends.
    await bus.clock.advance(120_000);
    expect(seen.map(({ attempt }) => attempt)).toEqual([1, 2]);
    expect(bus.entity('work').messageCount).toBe(0);
  });

  it('is spent with the lock held if no copy can be made', async () => {
    const { seen, handler } = failing(2);
    await open((payload, context) => {
      if (seen.length === 0) bus.faults.refuseSends(1, 'amqp:not-allowed', 'work');
      return handler(payload, context);
    });
    await bus.sendMessage('work', { body: 1, messageId: 'm1' });
    await bus.settled();
    expect(bus.entity('work').lockedCount).toBe(1);
    await bus.clock.advance(DELAY_MS);
    expect(bus.completed).toHaveLength(1);
    expect(seen.map(({ attempt, message }) => [attempt, message.messageId])).toEqual([
      [1, 'm1'],
      [2, 'm1'],
    ]);
  });

  it('is spent with the lock held on a subscription: a copy would reach the other subscriptions too', async () => {
    const { seen, handler } = failing(2);
    await open(handler, { topic: 'news', subscription: 'mine' });
    await bus.sendMessage('news', { body: 1, messageId: 'm1' });
    await bus.settled();
    expect(bus.entity('news/Subscriptions/mine').lockedCount).toBe(1);
    await bus.clock.advance(DELAY_MS);
    expect(bus.entity('news/Subscriptions/mine').messageCount).toBe(0);
    expect(bus.entity('news/Subscriptions/theirs').messageCount).toBe(1);
    expect(seen.map(({ attempt, message }) => [attempt, message.messageId])).toEqual([
      [1, 'm1'],
      [2, 'm1'],
    ]);
  });
});

describe('a copy of another process', () => {
  const clock = new ManualClock();
  const scene = serviceBusScene({ entities, clock });

  /** Waits for a scheduled copy and lets its time come, which is by the clock of its process. */
  const copyComesDue = async (): Promise<void> => {
    await until(() => scene.emulator.entity('work').counts.scheduled === 1);
    const receiver = scene.client.createReceiver('work');
    const messages = await receiver.peekMessages(2);
    await receiver.close();
    // The message that it is a copy of may still be there.
    const dueAtMs = messages.map(({ scheduledEnqueueTimeUtc: time }) => time?.getTime() ?? 0);
    clock.advance(Math.max(...dueAtMs) - clock.now());
  };

  it('keeps counting attempts', async () => {
    const { seen, handler } = failing(100);
    const first = await scene.startWork(handler, { retry });
    await scene.send('work', { body: 1, messageId: 'm1' });
    await until(() => scene.emulator.entity('work').counts.scheduled === 1);
    await first.close();
    await scene.startWork(handler, { retry });
    await copyComesDue();
    await until(() => seen.length === 2);
    await copyComesDue();
    const [dead] = await scene.take('work/$DeadLetterQueue');
    expect(seen.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
    expect(dead?.applicationProperties).toMatchObject({
      'dead-letter-attempt': 3,
      'original-message-id': 'm1',
    });
    expect(dead?.body).toBe(1);
  });
});

describe('a retry policy', () => {
  const { openWork } = useTestbeds();

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
    const bus = await openWork(handler, { retry: { maxAttempts: 2, delayMs: 1_000, exceptions } });
    for (const name of ['timeout', 'order', 'other']) await bus.send('work', name);
    await bus.clock.advance(60_000);
    expect(bus.deadLettered).toHaveLength(3);
    expect(runs).toEqual({ timeout: 4, order: 1, other: 2 });
  });
});
