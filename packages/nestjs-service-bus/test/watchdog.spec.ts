import { afterEach, describe, expect, it, jest } from '@jest/globals';

import { until } from '../../../test/support/until.js';
import { type ConsumerHealth, ReceiverSilentError } from '../src/index.js';
import { ConsumerWatch } from '../src/receive/watchdog/consumer-watch.js';
import { serviceBusScene } from './support/service-bus-scene.js';
import { type ServiceBusApp } from './support/start-service-bus-app.js';

const watchdog = { silenceMs: 400 };

function health(app: ServiceBusApp): ConsumerHealth | undefined {
  return app.server.health()[0];
}

async function status(app: ServiceBusApp): Promise<string | undefined> {
  return (await app.health.isHealthy())['service-bus:work']?.status;
}

describe('a receiver that has fallen silent', () => {
  const scene = serviceBusScene({ entities: { queues: ['work', 'out'] } });

  afterEach(() => {
    jest.restoreAllMocks();
  });

  it('gets a new link; its health is degraded, but still up, until a message arrives', async () => {
    const states = new Set<string | undefined>();
    const seen: unknown[] = [];
    const app = await scene.startWork((payload) => void seen.push(payload), { watchdog });
    scene.emulator.faults.silenceLinks('work');
    await scene.send('work', { body: 1 }, { body: 2 });
    await until(async () => {
      states.add(health(app)?.state);
      expect(await status(app)).toBe('up');
      return seen.length === 2;
    });
    await until(() => health(app)?.state === 'receiving' && scene.left('work') === 0);
    expect(states).not.toContain('failing');
    await until(() => scene.emulator.entity('work').receiverCount === 1);
  });

  it('gets a new client when a new link does not help, and loses no message that it holds', async () => {
    const seen: unknown[] = [];
    let finish: () => void = () => undefined;
    const app = await scene.startWork(
      async (payload) => {
        seen.push(payload);
        if (payload === 'long') await new Promise<void>((resolve) => (finish = resolve));
        return payload;
      },
      { watchdog, replyTo: 'out' },
    );
    const before = app.server.unwrap();
    await scene.send('work', { body: 'long' });
    await until(() => seen.length === 1);
    // The open link, and the next one on the same connection.
    scene.emulator.faults.silenceLinks('work', 1);
    await scene.send('work', { body: 'short' });
    await until(() => seen.includes('short'));
    expect(app.server.unwrap()).not.toBe(before);
    finish();
    await until(() => scene.left('work') === 0);
    expect(seen).toEqual(['long', 'short']);
    expect(scene.left('out')).toBe(2);
    await until(() => health(app)?.state === 'receiving');
  });

  it('is degraded, and never down, while no answer of the broker has ever shown that it knows the question', async () => {
    const app = await scene.startWork(() => undefined, { watchdog });
    scene.emulator.faults.silenceLinks('work', Infinity);
    const questions = jest.spyOn(ConsumerWatch.prototype, 'isServed');
    await scene.send('work', { body: 1 });
    // Of the first link, of the next one, and of the one of a new client.
    await until(() => questions.mock.results.length > 3);
    const answers = await Promise.all(questions.mock.results.slice(0, 3).map(({ value }) => value));
    expect(answers).toEqual([undefined, undefined, undefined]);
    expect(health(app)?.state).toBe('degraded');
    expect(await status(app)).toBe('up');
  });

  it('is down, with the cause, when nothing helps, and recovers by itself', async () => {
    const questions = jest.spyOn(ConsumerWatch.prototype, 'isServed');
    const errors: Error[] = [];
    const seen: unknown[] = [];
    const app = await scene.startWork((payload) => void seen.push(payload), { watchdog });
    app.server.on('error', (error) => errors.push(error));
    const statuses: string[] = [];
    app.server.status.subscribe((connected) => statuses.push(connected));
    // Asked while nothing waits.
    await until(() => questions.mock.results.length > 0);
    expect(await questions.mock.results[0]?.value).toBe(true);
    scene.emulator.faults.silenceLinks('work', Infinity);
    await scene.send('work', { body: 1 });
    await until(() => health(app)?.state === 'failing');
    expect(await status(app)).toBe('down');
    expect(statuses.at(-1)).toBe('disconnected');
    const error = health(app)?.error;
    expect(error).toMatchObject({
      code: 'ReceiverSilent',
      message: expect.stringContaining('messages wait'),
    });
    expect(errors[0]).toBeInstanceOf(ReceiverSilentError);
    scene.emulator.faults.clear();
    await until(() => seen.length === 1 && health(app)?.state === 'receiving');
    expect(await status(app)).toBe('up');
  });

  it('leaves the other bindings alone', async () => {
    const app = await scene.startWork(() => undefined, { watchdog });
    const other = await scene.startWork(() => undefined, { watchdog, queue: 'out' });
    scene.emulator.faults.silenceLinks('work', Infinity);
    await scene.send('work', { body: 1 });
    await until(() => health(app)?.state !== 'receiving');
    expect(health(other)?.state).toBe('receiving');
  });
});

describe('a session whose receiver has fallen silent', () => {
  const scene = serviceBusScene({ entities: { queues: [{ name: 'work', requiresSession: true }] } });

  it('is released and accepted again, and its messages arrive in order', async () => {
    const seen: unknown[] = [];
    const sessions = { maxConcurrentSessions: 2, idleTimeoutMs: 60_000 };
    await scene.startWork((payload) => void seen.push(payload), { watchdog, sessions });
    await scene.send('work', { body: 1, sessionId: 's' });
    await until(() => scene.left('work') === 0);
    scene.emulator.faults.silenceLinks('work');
    await scene.send('work', { body: 2, sessionId: 's' }, { body: 3, sessionId: 's' });
    await until(() => scene.left('work') === 0);
    expect(seen).toEqual([1, 2, 3]);
  });
});

describe('what is not silence', () => {
  const scene = serviceBusScene({
    entities: { queues: ['work', { name: 'sessions', requiresSession: true }] },
  });

  /** Waits several times the silence, and expects nothing to happen to the receiver. */
  async function staysWell(app: ServiceBusApp): Promise<void> {
    const before = app.server.unwrap();
    const states = new Set<string | undefined>();
    const endMs = Date.now() + 4 * watchdog.silenceMs;
    await until(() => {
      states.add(health(app)?.state);
      return Date.now() > endMs;
    });
    expect([...states]).toEqual(['receiving']);
    expect(app.server.unwrap()).toBe(before);
  }

  it('an empty queue', async () => {
    await staysWell(await scene.startWork(() => undefined, { watchdog }));
  });

  it('a full set of slots', async () => {
    let finish: () => void = () => undefined;
    const hold = new Promise<void>((resolve) => (finish = resolve));
    const app = await scene.startWork(() => hold, { watchdog, maxConcurrentCalls: 2 });
    await scene.send('work', ...Array.from({ length: 5 }, (_, body) => ({ body })));
    await until(() => health(app)?.inWork === 2);
    await staysWell(app);
    finish();
    await until(() => scene.left('work') === 0);
  });

  it('an open circuit', async () => {
    const app = await scene.startWork(
      () => {
        throw new Error('no');
      },
      { watchdog, circuitBreaker: { minMessages: 1, pauseMs: 60_000 }, retry: { delayMs: 10_000 } },
    );
    await scene.send('work', { body: 1 });
    await until(() => health(app)?.circuit === 'open');
    await scene.send('work', { body: 2 });
    await staysWell(app);
  });

  it.each([true, false])(
    'messages that another receiver holds (peeks show locks: %s)',
    async (peeksShowLocks) => {
      await scene.reopen({ peeksShowLocks });
      const other = scene.client.createReceiver('work');
      await scene.send('work', { body: 1 });
      const [held] = await other.receiveMessages(1);
      await staysWell(await scene.startWork(() => undefined, { watchdog }));
      if (held) await other.completeMessage(held);
      expect(scene.left('work')).toBe(0);
    },
  );

  it('messages that come while the broker is asked whether it serves the link', async () => {
    await scene.reopen({ peeksShowLocks: false });
    const other = scene.client.createReceiver('work');
    await scene.send('work', { body: 'held' });
    await other.receiveMessages(1);
    const seen: unknown[] = [];
    const app = await scene.startWork((payload) => void seen.push(payload), {
      watchdog,
      maxConcurrentCalls: 3,
    });
    const endMs = Date.now() + 4 * watchdog.silenceMs;
    let sent = 0;
    while (Date.now() < endMs) {
      await scene.send('work', ...Array.from({ length: 5 }, () => ({ body: sent++ })));
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 2 * watchdog.silenceMs));
    }
    await until(() => seen.length === sent);
    await staysWell(app);
    expect(scene.left('work')).toBe(1);
  });

  it('a session without messages', async () => {
    const sessions = { maxConcurrentSessions: 1, idleTimeoutMs: 60_000 };
    const app = await scene.startWork(() => undefined, { watchdog, sessions, queue: 'sessions' });
    await scene.send('sessions', { body: 1, sessionId: 's' });
    await until(() => scene.left('sessions') === 0);
    await staysWell(app);
    await expect(scene.client.acceptSession('sessions', 's')).rejects.toMatchObject({
      code: 'SessionCannotBeLocked',
    });
  });

  it('deferred and scheduled messages', async () => {
    const app = await scene.startWork((_payload, context) => context.defer(), { watchdog });
    await scene.send(
      'work',
      { body: 1 },
      { body: 2, scheduledEnqueueTimeUtc: new Date(Date.now() + 60_000) },
    );
    await until(() => scene.emulator.entity('work').counts.deferred === 1);
    await staysWell(app);
  });
});
