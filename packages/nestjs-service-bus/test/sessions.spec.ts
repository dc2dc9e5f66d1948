import { setTimeout as delay } from 'node:timers/promises';

import { type ServiceBusMessage } from '@azure/service-bus';
import { describe, expect, it } from '@jest/globals';

import { until } from '../../../test/support/until.js';
import {
  DeadLetterException,
  DrainedError,
  LockLostError,
  NoSessionError,
  RetryException,
  type ServiceBusContext,
  ServiceBusModule,
} from '../src/index.js';
import { serviceBusScene } from './support/service-bus-scene.js';

import { WORK_HANDLER, WorkController } from './support/work-controller.js';

const work = { name: 'work', requiresSession: true };
const DEAD = 'work/$DeadLetterQueue';

function inSession(sessionId: string, ...bodies: unknown[]): ServiceBusMessage[] {
  return bodies.map((body) => ({ body, sessionId }));
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

describe('a binding with sessions', () => {
  const scene = serviceBusScene({
    entities: {
      queues: [work, 'out', 'plain'],
      topics: [{ name: 'events', subscriptions: [{ name: 'audit', requiresSession: true }] }],
    },
  });

  it('processes the messages of a session one at a time, in order, and sessions concurrently', async () => {
    const seen = new Map<string, unknown[]>();
    const running = new Map<string, number>();
    let overlaps = 0;
    let atOnce = 0;
    let most = 0;
    await scene.startWork(
      async (payload, { message }) => {
        const id = message.sessionId ?? '';
        if (running.get(id)) overlaps++;
        running.set(id, 1);
        most = Math.max(most, ++atOnce);
        await delay(Math.random() * 4);
        seen.set(id, [...(seen.get(id) ?? []), payload]);
        atOnce--;
        running.set(id, 0);
        return payload;
      },
      { sessions: { maxConcurrentSessions: 3, idleTimeoutMs: 50 }, replyTo: 'out' },
    );
    const count = 20;
    const ids = ['a', 'b', 'c', 'd', 'e', 'f'];
    const numbers = Array.from({ length: count }, (_, index) => index);
    await scene.send('work', ...numbers.flatMap((body) => ids.map((sessionId) => ({ body, sessionId }))));
    await until(() => scene.left('out') === ids.length * count && scene.left('work') === 0);
    for (const id of ids) expect(seen.get(id)).toEqual(numbers);
    expect(overlaps).toBe(0);
    expect(most).toBe(3);
  });

  it('reads a subscription', async () => {
    const seen: unknown[] = [];
    await scene.startWork((payload) => seen.push(payload), {
      topic: 'events',
      subscription: 'audit',
      sessions: {},
    });
    await scene.send('events', ...inSession('s', 1, 2));
    await until(() => scene.left('events/Subscriptions/audit') === 0);
    expect(seen).toEqual([1, 2]);
  });

  it('retries inside the session: only later messages of the same session wait', async () => {
    const seen: string[] = [];
    await scene.startWork(
      (payload, { attempt, message }) => {
        seen.push(`${message.sessionId}${String(payload)}#${attempt}`);
        if (payload === 1 && message.sessionId === 'a' && attempt < 3)
          throw new RetryException({ delayMs: 150 });
      },
      { sessions: {} },
    );
    await scene.send('work', ...inSession('a', 1, 2, 3), ...inSession('b', 1, 2));
    await until(() => scene.left('work') === 0);
    expect(seen.filter((entry) => entry.startsWith('a'))).toEqual(['a1#1', 'a1#2', 'a1#3', 'a2#1', 'a3#1']);
    expect(seen.indexOf('b2#1')).toBeLessThan(seen.indexOf('a1#2'));
  });

  it('continues the session after a message was dead-lettered', async () => {
    const seen: unknown[] = [];
    await scene.startWork(
      (payload) => {
        seen.push(payload);
        if (payload === 'bad') throw new DeadLetterException('Bad', 'bad');
      },
      { sessions: {} },
    );
    await scene.send('work', ...inSession('s', 'bad', 'good'));
    const [dead] = await scene.take(DEAD);
    expect(dead).toMatchObject({ body: 'bad', sessionId: 's', deadLetterReason: 'Bad' });
    await until(() => scene.left('work') === 0);
    expect(seen).toEqual(['bad', 'good']);
  });

  it('gives handlers the session’s state, which survives its release', async () => {
    const states: unknown[] = [];
    const app = await scene.startWork(
      async (payload, context) => {
        states.push(await context.getSessionState());
        await context.setSessionState(payload === 'last' ? null : { last: payload });
      },
      { sessions: { idleTimeoutMs: 20 } },
    );
    await scene.send('work', ...inSession('s', 1, 2));
    await until(() => states.length === 2 && holdsNothing(app));
    await scene.send('work', ...inSession('s', 'last', 4));
    await until(() => scene.left('work') === 0);
    expect(states).toEqual([null, { last: 1 }, { last: 2 }, null]);
  });

  it('is required for session state', async () => {
    let error: unknown;
    await scene.startWork(
      async (_payload, context) => {
        error = await context.getSessionState().catch((reason: unknown) => reason);
      },
      { queue: 'plain' },
    );
    await scene.send('plain', { body: 1, sessionId: 'only a property' });
    await until(() => scene.left('plain') === 0);
    expect(error).toBeInstanceOf(NoSessionError);
    expect(error).toMatchObject({ entityPath: 'plain' });
  });

  it('releases an idle session, so that others can accept it', async () => {
    const app = await scene.startWork(() => undefined, {
      sessions: { maxConcurrentSessions: 1, idleTimeoutMs: 100 },
    });
    await scene.send('work', ...inSession('a', 1));
    await until(() => scene.left('work') === 0);
    await until(() => holdsNothing(app));
    const other = await scene.client.acceptSession('work', 'a');
    await other.close();
    await scene.send('work', ...inSession('b', 1));
    await until(() => scene.left('work') === 0);
  });

  it('holds a session as long as messages arrive', async () => {
    const app = await scene.startWork(() => undefined, { sessions: { idleTimeoutMs: 60_000 } });
    await scene.send('work', ...inSession('a', 1));
    await until(() => scene.left('work') === 0);
    expect(holdsNothing(app)).toBe(false);
    await expect(scene.client.acceptSession('work', 'a')).rejects.toMatchObject({
      code: 'SessionCannotBeLocked',
    });
  });

  it('drains: handlers finish, no new message starts, and the sessions are released', async () => {
    const seen: unknown[] = [];
    const app = await scene.startWork(
      async (payload) => {
        seen.push(payload);
        await delay(150);
        return payload;
      },
      { sessions: { idleTimeoutMs: 60_000 }, replyTo: 'out' },
    );
    await scene.send('work', ...inSession('a', 1, 2), ...inSession('b', 1, 2), ...inSession('idle'));
    await until(() => seen.length === 2);
    const startedAt = Date.now();
    await app.close();
    expect(Date.now() - startedAt).toBeLessThan(3_000);
    expect(seen).toEqual([1, 1]);
    expect(scene.left('out')).toBe(2);
    expect(scene.left('work')).toBe(2);
    await (await scene.client.acceptSession('work', 'a')).close();
  });

  it('gives back waiting and unfinished messages at a drain, keeping their count of attempts', async () => {
    const attempts: string[] = [];
    let reason: unknown;
    const handler = async (payload: unknown, { attempt, signal }: ServiceBusContext): Promise<void> => {
      attempts.push(`${String(payload)}#${attempt}`);
      if (payload === 'waits') throw new RetryException({ delayMs: 60_000 });
      await untilAborted(signal);
      reason = signal.reason;
    };
    const sessions = { idleTimeoutMs: 60_000 };
    const app = await scene.startWork(handler, { sessions }, { drainTimeoutMs: 100 });
    await scene.send('work', ...inSession('a', 'waits'), ...inSession('b', 'hangs'));
    await until(() => app.server.health()[0]?.waitingForRetry === 1 && attempts.length === 2);
    expect(app.server.health()[0]).toMatchObject({ inWork: 1, waitingForRetry: 1, sessions: 2 });
    await app.close();
    expect(reason).toBeInstanceOf(DrainedError);
    expect(scene.emulator.entity('work').lockedCount).toBe(0);
    await scene.startWork(handler, { sessions }, { drainTimeoutMs: 50 });
    await until(() => attempts.length === 4);
    expect(attempts.sort()).toEqual(['hangs#1', 'hangs#1', 'waits#1', 'waits#2']);
  });

  it('gives back messages that wait for a missing output queue at a drain', async () => {
    const app = await scene.startWork((payload) => payload, {
      sessions: { idleTimeoutMs: 60_000 },
      replyTo: 'missing',
    });
    await scene.send('work', ...inSession('s', 1));
    await until(() => app.server.health()[0]?.inWork === 1);
    await app.close();
    expect(scene.left('work')).toBe(1);
    expect(scene.emulator.entity('work').lockedCount).toBe(0);
  });

  it('closes in time if there never was a session', async () => {
    const app = await scene.startWork(() => undefined, { sessions: {} });
    const startedAt = Date.now();
    await app.close();
    expect(Date.now() - startedAt).toBeLessThan(2_000);
  });
});

describe('the lock of a session', () => {
  const scene = serviceBusScene({
    entities: { queues: [{ ...work, lockDurationMs: 2_000 }, 'out'] },
  });

  it('is renewed while a handler works, and while a message waits for its retry', async () => {
    const attempts: number[] = [];
    await scene.startWork(
      async (_payload, { attempt }) => {
        attempts.push(attempt);
        if (attempt === 1) throw new RetryException({ delayMs: 2_400 });
        await delay(2_400);
      },
      { sessions: { idleTimeoutMs: 5_000 } },
    );
    scene.emulator.faults.failRenewals(1);
    await scene.send('work', ...inSession('s', 1));
    await until(() => scene.left('work') === 0);
    expect(attempts).toEqual([1, 2]);
  });

  it('when lost aborts the signal; no output is sent, and the session is accepted again, in order', async () => {
    const seen: unknown[] = [];
    let reason: unknown;
    let abortedAfterMs = Infinity;
    await scene.startWork(
      async (payload, { signal }) => {
        seen.push(payload);
        if (seen.length > 1) return payload;
        const startedAt = Date.now();
        scene.emulator.detachLinks('work', 'com.microsoft:session-lock-lost');
        await untilAborted(signal);
        abortedAfterMs = Date.now() - startedAt;
        reason = signal.reason;
        return 'too late';
      },
      { sessions: { maxConcurrentSessions: 2 }, replyTo: 'out' },
    );
    await scene.send('work', ...inSession('s', 1, 2));
    await until(() => scene.left('work') === 0);
    expect(reason).toBeInstanceOf(LockLostError);
    expect(abortedAfterMs).toBeLessThan(1_000);
    expect(seen).toEqual([1, 1, 2]);
    const replies = await scene.takeAll('out');
    expect(replies.map(({ body }) => body as unknown)).toEqual([1, 2]);
  });

  it('that can no longer be renewed is lost in time', async () => {
    let reason: unknown;
    await scene.startWork(
      async (_payload, { signal }) => {
        if (reason !== undefined) return;
        scene.emulator.faults.failRenewals(1_000);
        await untilAborted(signal);
        reason = signal.reason;
        scene.emulator.faults.clear();
      },
      { sessions: {} },
    );
    await scene.send('work', ...inSession('s', 1));
    await until(() => scene.left('work') === 0);
    expect(reason).toBeInstanceOf(LockLostError);
  });

  it('is released when a message could not be settled, so that no other overtakes it', async () => {
    const seen: unknown[] = [];
    await scene.startWork((payload) => void seen.push(payload), { sessions: {} });
    scene.emulator.faults.failSettlements(1);
    await scene.send('work', ...inSession('s', 1, 2, 3));
    await until(() => scene.left('work') === 0);
    expect(seen.filter((payload, index) => payload !== seen[index - 1])).toEqual([1, 2, 3]);
  });
});

describe('sessions over a broken connection', () => {
  const scene = serviceBusScene({ entities: { queues: [work, 'out'] } });

  it.each([
    ['a forced detach', () => scene.emulator.detachLinks('work')],
    ['a dropped connection', () => scene.emulator.dropConnections()],
    ['an expired token', () => scene.emulator.expireTokens()],
  ])('%s under load loses nothing, and keeps the order', async (_what, breakIt) => {
    const done = new Map<string, number[]>();
    let runs = 0;
    await scene.startWork(
      (payload, { message }) => {
        runs++;
        const id = message.sessionId ?? '';
        done.set(id, [...(done.get(id) ?? []), payload as number]);
        return payload;
      },
      { sessions: { maxConcurrentSessions: 4, idleTimeoutMs: 100 }, replyTo: 'out' },
    );
    const ids = ['a', 'b', 'c', 'd', 'e'];
    const numbers = Array.from({ length: 60 }, (_, index) => index);
    await scene.send('work', ...numbers.flatMap((body) => ids.map((sessionId) => ({ body, sessionId }))));
    for (const at of [60, 150]) {
      await until(() => runs >= at);
      breakIt();
    }
    await until(() => scene.left('work') === 0, 15_000);
    for (const id of ids) {
      // A message may arrive twice, but with no other message of its session in between.
      const order = (done.get(id) ?? []).filter((payload, index, all) => payload !== all[index - 1]);
      expect(order).toEqual(numbers);
    }
  });

  it('are accepted again after the connection broke while none was held', async () => {
    const seen: unknown[] = [];
    await scene.startWork((payload) => seen.push(payload), { sessions: { maxConcurrentSessions: 3 } });
    await until(() => scene.emulator.entity('work').receiverCount === 3);
    scene.emulator.dropConnections();
    await scene.send('work', ...inSession('s', 1));
    await until(() => seen.length === 1);
  });

  it('take only a few requests at once, however many may be held', async () => {
    await scene.startWork(() => undefined, { sessions: { maxConcurrentSessions: 1_000 } });
    await until(() => scene.emulator.entity('work').receiverCount === 16);
    await delay(100);
    expect(scene.emulator.entity('work').receiverCount).toBe(16);
  });

  it('are held by the hundred, on as many connections as they need', async () => {
    const count = 250;
    const running = new Set<unknown>();
    let goOn = (): void => undefined;
    const all = new Promise<void>((resolve) => (goOn = resolve));
    await scene.startWork(
      async (_payload, { message }) => {
        running.add(message.sessionId);
        if (running.size === count) goOn();
        await all;
      },
      { sessions: { maxConcurrentSessions: count } },
    );
    await scene.send(
      'work',
      ...Array.from({ length: count }, (_, index) => ({ body: index, sessionId: `s${index}` })),
    );
    // How long all of them take depends on the machine: it is the next one that has to come.
    for (let held = 0; held < count; held = running.size) await until(() => running.size > held);
    await until(() => scene.left('work') === 0);
    expect(running.size).toBe(count);
  });
});

describe('a binding and an entity that disagree about sessions', () => {
  const scene = serviceBusScene({ entities: { queues: [work, 'plain'] } });
  const start = (binding: object): ReturnType<typeof scene.startApp> =>
    scene.startApp({
      controllers: [WorkController],
      providers: [{ provide: WORK_HANDLER, useValue: () => undefined }],
      imports: [ServiceBusModule.forFeature({ pattern: 'work', ...binding })],
    });

  it.each([
    ['a session binding on a queue without sessions', { queue: 'plain', sessions: {} }, /has no sessions/],
    ['a plain binding on a queue that requires sessions', {}, /requires sessions/],
  ])('%s: not ready, with the cause', async (_what, binding, message) => {
    const app = await start(binding);
    await until(() => app.server.health()[0]?.state === 'failing');
    const health = await app.health.isHealthy();
    expect(health['service-bus:work']?.status).toBe('down');
    expect(app.server.health()[0]?.error?.message).toMatch(message);
  });

  it('a missing queue is named as the cause', async () => {
    const app = await start({ queue: 'missing', sessions: {} });
    await until(() => app.server.health()[0]?.state === 'failing');
    expect(app.server.health()[0]?.error?.code).toBe('MessagingEntityNotFound');
  });
});

function holdsNothing(app: { server: { health(): readonly object[] } }): boolean {
  const [health] = app.server.health();
  return health !== undefined && 'sessions' in health && health.sessions === 0;
}
