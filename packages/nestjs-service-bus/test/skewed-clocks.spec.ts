import { setTimeout as delay } from 'node:timers/promises';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { ManualClock } from 'service-bus-emulator';

import {
  getReceiverToken,
  RetryException,
  type ServiceBusContext,
  ServiceBusClientProxy,
  ServiceBusModule,
  type ServiceBusReceiver,
} from '../src/index.js';
import { Scene } from './support/service-bus-scene.js';
import { WORK_HANDLER, WorkController, type WorkHandler } from './support/work-controller.js';
import { until } from '../../../test/support/until.js';

const LOCK_MS = 1_000;
const WORK_MS = 2_500;
/** Nothing tells the time before the first message: then locks are taken for the shortest that Service Bus has. */
const SESSION_LOCK_MS = 5_000;
const SESSION_WORK_MS = 6_500;

const working = (workMs: number) => {
  const seen = { runs: 0, isLost: false };
  const handler: WorkHandler = async (_payload, { signal }) => {
    seen.runs++;
    signal.addEventListener('abort', () => (seen.isLost = true));
    await delay(workMs);
  };
  return { seen, handler };
};

describe.each([
  ['20 s behind', -20_000],
  ['10 minutes ahead of', 600_000],
])('with a clock that is %s the broker’s', (_how, skewMs) => {
  let scene: Scene;
  let ticks: NodeJS.Timeout;

  beforeEach(async () => {
    Logger.overrideLogger(false);
    const clock = new ManualClock(Date.now() - skewMs);
    let lastMs = performance.now();
    ticks = setInterval(() => {
      const nowMs = performance.now();
      clock.advance(nowMs - lastMs);
      lastMs = nowMs;
    }, 5);
    const queues = [
      { name: 'work', lockDurationMs: LOCK_MS, maxDeliveryCount: 50 },
      { name: 'others', lockDurationMs: LOCK_MS },
      { name: 'sessions', lockDurationMs: SESSION_LOCK_MS, maxDeliveryCount: 50, requiresSession: true },
      { name: 'replies', lockDurationMs: SESSION_LOCK_MS, requiresSession: true },
    ];
    scene = new Scene({ clock, entities: { queues } });
    await scene.open();
  });

  afterEach(async () => {
    await scene.close();
    clearInterval(ticks);
    Logger.overrideLogger(['error']);
  });

  it('the lock of a message is kept as long as a handler works', async () => {
    const { handler, seen } = working(WORK_MS);
    await scene.startWork(handler);
    await scene.send('work', { body: 1 });
    await until(() => seen.runs > 0 && scene.left('work') === 0);
    expect(seen).toEqual({ runs: 1, isLost: false });
  });

  it('sessions are kept as long as a handler works, or a client waits for replies', async () => {
    const { handler, seen } = working(SESSION_WORK_MS);
    await scene.startWork(handler, { queue: 'sessions', sessions: {} });
    const { connectionString } = scene.emulator;
    const options = { connectionString, replyQueue: 'replies', replyQueueRequiresSession: true };
    const client = new ServiceBusClientProxy(options);
    const errors: Error[] = [];
    client.on('error', (error) => errors.push(error));
    try {
      await client.connect();
      await scene.send('sessions', { body: 1, sessionId: 's' });
      await until(() => seen.runs > 0 && scene.left('sessions') === 0);
      expect(seen).toEqual({ runs: 1, isLost: false });
      expect(errors).toEqual([]);
    } finally {
      await client.close();
    }
  });

  it('the lock of a message that an injected receiver took is kept until it is settled', async () => {
    const feature = ServiceBusModule.forFeature({ pattern: 'work', receivers: ['others'] });
    const { app } = await scene.startApp({
      controllers: [WorkController],
      providers: [{ provide: WORK_HANDLER, useValue: () => undefined }],
      imports: [feature],
    });
    const receiver = app.get<ServiceBusReceiver>(getReceiverToken('others'), { strict: false });
    await scene.send('others', { body: 1 });
    const [message] = await receiver.receiveMessages(1);
    await delay(WORK_MS);
    if (message) await receiver.completeMessage(message);
    await until(() => scene.left('others') === 0);
    expect(message?.deliveryCount).toBe(0);
  });

  it('a copy for a later attempt is due after its delay', async () => {
    const attemptsAtMs: number[] = [];
    const handler = (_payload: unknown, { attempt }: ServiceBusContext): void => {
      attemptsAtMs.push(performance.now());
      if (attempt === 1) throw new RetryException({ delayMs: 1_500 });
    };
    await scene.startWork(handler, { retry: { maxHoldMs: 100 } });
    await scene.send('work', { body: 1 });
    await until(() => attemptsAtMs.length === 2 && scene.left('work') === 0);
    const [first = 0, second = 0] = attemptsAtMs;
    expect(second - first).toBeGreaterThan(1_400);
  });
});
