import { setImmediate } from 'node:timers/promises';

import { type ServiceBusReceivedMessage } from '@azure/service-bus';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import Long from 'long';
import { type ChangeOptions, Desk, type RunResult } from 'service-bus-desk';

import { withKey } from '../../service-bus-desk/test/with-key.js';
import { until } from '../../../test/support/until.js';
import {
  DeadLetterException,
  DeferException,
  ServiceBusBindings,
  type ServiceBusContext,
  ServiceBusModule,
} from '../src/index.js';
import { BATCH_HANDLER, BatchController } from './support/batch-controller.js';
import { serviceBusScene } from './support/service-bus-scene.js';
import { type ServiceBusApp } from './support/start-service-bus-app.js';

const DEAD = 'work/$DeadLetterQueue';
const AT_ONCE: ChangeOptions = { canary: false };
const LISTENER = { keyName: 'listener', primaryKey: 'bGlzdGVuZXI=', rights: ['Listen'] };
const quick = { maxAttempts: 3, delayMs: 5 };

describe('dead letters that their handler takes where they are', () => {
  const scene = serviceBusScene({
    authorizationRules: [LISTENER],
    entities: {
      queues: [
        { name: 'work', maxDeliveryCount: 50, lockDurationMs: 2_000 },
        'results',
        { name: 'ordered', requiresSession: true, lockDurationMs: 2_000 },
      ],
      topics: [{ name: 'events', subscriptions: ['audit', 'mail'] }],
    },
  });
  let desk: Desk;

  beforeEach(async () => {
    desk = await Desk.open({ connectionString: scene.emulator.connectionString });
  });

  afterEach(() => desk.close());

  const redrive = (
    { server }: ServiceBusApp,
    entity: string,
    options: ChangeOptions = AT_ONCE,
  ): Promise<RunResult> =>
    desk.redrive(entity, (path, deadLetter) => server.redrive(path, deadLetter), options);

  /** Dead-letters what is in an entity. */
  async function deadLetter(queue: string, count: number, session?: string): Promise<void> {
    const receiver =
      session === undefined
        ? scene.client.createReceiver(queue, { maxAutoLockRenewalDurationInMs: 0 })
        : await scene.client.acceptSession(queue, session);
    for (let left = count; left > 0;) {
      for (const message of await receiver.receiveMessages(left)) {
        left--;
        await receiver.deadLetterMessage(message, {
          deadLetterReason: 'Before',
          deadLetterErrorDescription: 'it was',
        });
        await setImmediate();
      }
    }
    await receiver.close();
  }

  const fill = async (bodies: readonly unknown[]): Promise<void> => {
    await scene.send('work', ...bodies.map((body) => ({ body })));
    await deadLetter('work', bodies.length);
  };

  const dead = (queue = 'work'): Promise<ServiceBusReceivedMessage[]> =>
    scene.client
      .createReceiver(queue, { subQueueType: 'deadLetter' })
      .peekMessages(100, { fromSequenceNumber: Long.ONE });

  it('are handled with their replies, and completed; nothing passes the queue', async () => {
    await fill(['a', 'b', 'c']);
    const seen: unknown[] = [];
    const app = await scene.startWork(
      (payload, { attempt, entityPath, message }) => {
        seen.push([payload, attempt, entityPath, message.deadLetterReason]);
        return `${String(payload)}!`;
      },
      { replyTo: 'results' },
    );
    const inQueue = scene.emulator.entity('work').messages().length;
    expect(await redrive(app, 'WORK')).toMatchObject({ planned: 3, done: 3, failed: 0, missing: 0 });
    expect(seen).toEqual(['a', 'b', 'c'].map((body) => [body, 1, 'work', 'Before']));
    expect([inQueue, scene.left('work'), scene.left(DEAD)]).toEqual([0, 0, 0]);
    const results = await scene.take('results', 3);
    expect(results.map(({ body }) => body as unknown)).toEqual(['a!', 'b!', 'c!']);
  });

  it('are tried again as the binding says, and stay with both reasons', async () => {
    await fill(['bad', 'good', 'worse', 'deferred']);
    const attempts: Record<string, number[]> = {};
    const app = await scene.startWork(
      (payload, { attempt }) => {
        (attempts[String(payload)] ??= []).push(attempt);
        if (payload === 'worse') throw new DeadLetterException('Hopeless', 'never');
        if (payload === 'deferred') throw new DeferException();
        if (payload === 'bad' || attempt < 3) throw new TypeError('still broken');
      },
      { retry: quick },
    );
    const result = await redrive(app, 'work');
    expect(result).toMatchObject({ planned: 4, done: 1, failed: 3, missing: 0 });
    expect(result.failures.map(({ reason }) => reason).sort()).toEqual([
      'Deferred: its handler has deferred it',
      'Hopeless: never',
      'TypeError: TypeError: still broken',
    ]);
    expect(attempts).toEqual({ bad: [1, 2, 3], good: [1, 2, 3], worse: [1], deferred: [1] });
    const [bad, worse, deferred] = await dead();
    expect([bad?.state, worse?.state, deferred?.state]).toEqual(['active', 'active', 'active']);
    expect(bad?.applicationProperties).toMatchObject({
      DeadLetterReason: 'Before',
      DeadLetterErrorDescription: 'it was',
      'redrive-count': 1,
      'redrive-attempt': 3,
      'redrive-reason': 'TypeError',
      'redrive-description': expect.stringContaining('still broken') as unknown,
      'redrive-stack': expect.stringContaining('redrive.spec') as unknown,
    });
    expect(worse?.applicationProperties).toMatchObject({ 'redrive-reason': 'Hopeless' });
    // Once more: attempts are counted anew, and redrives on.
    await redrive(app, 'work', { ...AT_ONCE, max: 1 });
    const [again] = await dead();
    expect(again?.applicationProperties).toMatchObject({ 'redrive-count': 2, 'redrive-attempt': 3 });
    expect(scene.emulator.entity(DEAD).lockedCount).toBe(0);
  });

  it('are taken from between others, which stay in order; the first of them say whether to go on', async () => {
    await fill(Array.from({ length: 40 }, (_, index) => index));
    let works = false;
    const seen: number[] = [];
    const app = await scene.startWork(
      (payload) => {
        if (!works) throw new DeadLetterException('NotYet', 'not repaired');
        seen.push(Number(payload));
      },
      { maxConcurrentCalls: 1 },
    );
    const odd = (await dead())
      .filter(({ body }) => Number(body) % 2 === 1)
      .map(({ sequenceNumber }) => BigInt(sequenceNumber?.toString() ?? ''));
    const filter = { sequenceNumbers: odd };
    await expect(redrive(app, 'work', { filter, canary: 3 })).rejects.toThrow('NotYet: not repaired');
    expect((await dead()).filter(({ applicationProperties: one }) => one?.['redrive-count'])).toHaveLength(3);
    works = true;
    const progress: number[] = [];
    const onProgress = ({ done }: { done: number }): number => progress.push(done);
    expect(await redrive(app, 'work', { filter, max: 15, onProgress })).toMatchObject({ done: 15 });
    expect(seen).toEqual(Array.from({ length: 15 }, (_, index) => index * 2 + 1));
    expect(progress).toContain(10);
    expect((await dead()).map(({ body }) => Number(body))).toEqual(
      Array.from({ length: 40 }, (_, index) => index).filter((index) => index % 2 === 0 || index > 30),
    );
    expect(scene.emulator.entity(DEAD).lockedCount).toBe(0);
  });

  it('of a subscription give no other subscription a copy, and need the right Listen alone', async () => {
    await scene.client.createSender('events').sendMessages([{ body: 1 }, { body: 2 }]);
    const receiver = scene.client.createReceiver('events', 'audit');
    for (const message of await receiver.receiveMessages(2)) await receiver.deadLetterMessage(message);
    await receiver.close();
    const connectionString = withKey(scene.emulator.connectionString, LISTENER);
    const seen: unknown[] = [];
    const app = await scene.startWork((payload) => seen.push(payload) && undefined, {
      topic: 'events',
      subscription: 'audit',
      connectionString,
    });
    await desk.close();
    desk = await Desk.open({ connectionString });
    expect(await redrive(app, 'events/Subscriptions/audit')).toMatchObject({ done: 2 });
    expect(seen).toEqual([1, 2]);
    expect(scene.left('events/Subscriptions/mail')).toBe(2);
    expect(scene.left('events/Subscriptions/audit')).toBe(0);
    expect(() => app.server.redrive('events/Subscriptions/mail', {} as never)).toThrow(
      'no binding of this process reads',
    );
  });

  it('of a session are handled in its order, while nobody else has the session', async () => {
    const ids = ['s1', 's2'];
    const messages = [0, 1, 2, 3, 4, 5].map((body) => ({ body, sessionId: ids[body % 2] ?? '' }));
    await scene.send('ordered', ...messages);
    for (const id of ids) await deadLetter('ordered', 3, id);
    const seen: Record<string, number[]> = {};
    const app = await scene.startWork(
      async (payload, context) => {
        const { sessionId = '' } = context.message;
        await expect(scene.client.acceptSession('ordered', sessionId)).rejects.toThrow();
        const state = Number(await context.getSessionState()) + 1;
        await context.setSessionState(state);
        (seen[sessionId] ??= []).push(Number(payload), state);
      },
      { queue: 'ordered', sessions: { maxConcurrentSessions: 2, idleTimeoutMs: 50 } },
    );
    expect(await redrive(app, 'ordered')).toMatchObject({ done: 6, failed: 0 });
    expect(seen).toEqual({ s1: [0, 1, 2, 2, 4, 3], s2: [1, 1, 3, 2, 5, 3] });
  });

  it('go to handlers that take several at once', async () => {
    await fill([1, 2, 3]);
    const calls: unknown[] = [];
    const app = await scene.startApp({
      controllers: [BatchController],
      providers: [{ provide: BATCH_HANDLER, useValue: (payloads: unknown[]) => void calls.push(payloads) }],
      imports: [ServiceBusModule.forFeature({ pattern: 'work', batch: { maxMessages: 3, maxWaitMs: 100 } })],
    });
    await app.receiving();
    expect(await redrive(app, 'work')).toMatchObject({ done: 3 });
    expect(calls.flat()).toEqual([1, 2, 3]);
  });

  it('keep their locks while a handler takes long, and go back when the service stops', async () => {
    await fill(['long', 'endless']);
    let finish: (() => void) | undefined;
    const contexts: ServiceBusContext[] = [];
    const app = await scene.startWork(
      async (payload, context) => {
        contexts.push(context);
        if (payload === 'long') await new Promise<void>((resolve) => (finish = resolve));
        else await new Promise(() => undefined);
      },
      { maxConcurrentCalls: 4 },
      { drainTimeoutMs: 100 },
    );
    const running = redrive(app, 'work');
    await until(() => contexts.length === 2);
    const until1 = contexts[0]?.message.lockedUntilUtc?.getTime() ?? 0;
    await until(() => (contexts[0]?.message.lockedUntilUtc?.getTime() ?? 0) > until1);
    finish?.();
    await until(() => scene.left(DEAD) === 1);
    await app.close();
    expect(await running).toMatchObject({ planned: 2, done: 1, failed: 1 });
    expect(contexts[1]?.signal.aborted).toBe(true);
    const [left] = await dead();
    expect(left?.applicationProperties).not.toHaveProperty('redrive-count');
    expect(scene.emulator.entity(DEAD).lockedCount).toBe(0);
  });

  it('go back when the binding is paused, but for the one that its handler has', async () => {
    await fill(['long', 'next', 'last']);
    let finish: (() => void) | undefined;
    const app = await scene.startWork(
      () => (finish ? undefined : new Promise<void>((resolve) => (finish = resolve))),
      { maxConcurrentCalls: 1 },
    );
    const running = redrive(app, 'work');
    await until(() => finish !== undefined && scene.emulator.entity(DEAD).lockedCount === 3);
    await app.app.get(ServiceBusBindings).pause('work');
    await until(() => scene.emulator.entity(DEAD).lockedCount === 1);
    finish?.();
    const { done, failures } = await running;
    expect([done, failures.map(({ reason }) => reason)]).toEqual([
      1,
      ['the binding is paused', 'the binding is paused'],
    ]);
    expect(scene.emulator.entity(DEAD).lockedCount).toBe(0);
    app.app.get(ServiceBusBindings).resume('work');
    expect(await redrive(app, 'work')).toMatchObject({ done: 2 });
  });

  it('may have bodies of all kinds', async () => {
    const amqp = [
      { bodyType: 'value' as const, body: { deep: [1n, 'x'].map(String) } },
      { bodyType: 'sequence' as const, body: [[1, 2]] },
      { bodyType: 'data' as const, body: Buffer.from('raw') },
    ];
    const sender = scene.client.createSender('work');
    for (const one of amqp) await sender.sendMessages(one);
    await deadLetter('work', 3);
    const seen: unknown[] = [];
    const app = await scene.startWork((payload) => seen.push(payload) && undefined);
    expect(await redrive(app, 'work')).toMatchObject({ done: 3 });
    expect(seen).toEqual([{ deep: ['1', 'x'] }, [[1, 2]], 'raw']);
  });
});
