import { describe, expect, it } from '@jest/globals';

import { until } from '../../../test/support/until.js';
import {
  BindingNotFoundError,
  DrainedError,
  RetryException,
  ServiceBusBindings,
  type ServiceBusContext,
  ServiceBusModule,
} from '../src/index.js';
import { BATCH_HANDLER, BatchController, type BatchHandler } from './support/batch-controller.js';
import { serviceBusScene } from './support/service-bus-scene.js';
import { type ServiceBusApp } from './support/start-service-bus-app.js';
import { WORK_HANDLER, WorkController } from './support/work-controller.js';

const numbered = (count: number): { body: number }[] =>
  Array.from({ length: count }, (_, body) => ({ body }));

function bindingsOf({ app }: ServiceBusApp): ServiceBusBindings {
  return app.get(ServiceBusBindings);
}

function isWithoutSessions(health: object | undefined): boolean {
  return health !== undefined && 'sessions' in health && health.sessions === 0;
}

/** Handlers that run until they are let go. */
class Gate {
  readonly attempts: number[] = [];
  private readonly waiting: (() => void)[] = [];
  private isOpen = false;

  readonly handler = (_payload: unknown, { attempt }: ServiceBusContext): Promise<void> => {
    this.attempts.push(attempt);
    return this.isOpen ? Promise.resolve() : new Promise((resolve) => this.waiting.push(resolve));
  };

  open(): void {
    this.isOpen = true;
    for (const resolve of this.waiting.splice(0)) resolve();
  }
}

describe('a binding that is paused', () => {
  const scene = serviceBusScene({
    entities: { queues: ['work', { name: 'ordered', requiresSession: true }] },
  });

  it('lets handlers end, gives back what waits for one, and receives nothing until it is resumed', async () => {
    const gate = new Gate();
    const app = await scene.startWork(gate.handler, { maxConcurrentCalls: 2, prefetch: 10 });
    const bindings = bindingsOf(app);
    await scene.send('work', ...numbered(20));
    await until(() => scene.emulator.entity('work').lockedCount === 12);
    await bindings.pause('work', { reason: 'the database is away' });
    await until(() => scene.emulator.entity('work').lockedCount === 2);
    await until(() => bindings.list()[0]?.inWork === 2);
    expect(bindings.list()).toMatchObject([
      { pattern: 'work', state: 'paused', inWork: 2, paused: { reason: 'the database is away' } },
    ]);
    expect(await app.health.isHealthy()).toMatchObject({
      'service-bus': { status: 'up' },
      'service-bus:work': { status: 'up', state: 'paused', paused: { reason: 'the database is away' } },
    });

    gate.open();
    await until(() => scene.left('work') === 18 && scene.emulator.entity('work').lockedCount === 0);
    await scene.send('work', { body: 'more' });
    expect(gate.attempts).toEqual([1, 1]);
    await until(() => app.server.health()[0]?.inWork === 0);
    expect(app.server.health()).toMatchObject([{ state: 'paused' }]);

    bindings.resume('work');
    await until(() => scene.left('work') === 0);
    // Nobody had failed on those that were given back.
    expect(gate.attempts).toEqual(Array.from({ length: 21 }, () => 1));
    await until(() => app.server.health()[0]?.state === 'receiving');
    expect(app.server.health()[0]).not.toHaveProperty('paused');
  });

  it('may be paused and resumed any number of times, also at once', async () => {
    const seen: unknown[] = [];
    const app = await scene.startWork((payload) => seen.push(payload));
    const bindings = bindingsOf(app);
    const { at } = await bindings
      .pause('work', { reason: 'one' })
      .then(() => bindings.list()[0]?.paused ?? { at: 'never' });
    await bindings.pause('work');
    expect(bindings.list()[0]?.paused).toEqual({ at, reason: 'one' });
    await bindings.pause('work', { reason: 'two' });
    expect(bindings.list()[0]?.paused).toEqual({ at, reason: 'two' });
    for (let round = 0; round < 10; round++) {
      void bindings.pause('work');
      bindings.resume('work');
      bindings.resume('work');
    }
    await scene.send('work', ...numbered(5));
    await until(() => seen.length === 5 && scene.left('work') === 0);
  });

  it('has received its last message for whoever pauses it, also while it is being paused', async () => {
    const app = await scene.startWork(() => undefined);
    const bindings = bindingsOf(app);
    const ended: string[] = [];
    const first = bindings.pause('work').then(() => ended.push('first'));
    const second = bindings.pause('work').then(() => ended.push('second'));
    await Promise.all([first, second]);
    expect(ended).toEqual(['first', 'second']);
  });

  it('receives soon after somebody has paused and resumed it very often', async () => {
    const seen: unknown[] = [];
    const app = await scene.startWork((payload) => seen.push(payload));
    const bindings = bindingsOf(app);
    for (let round = 0; round < 1_000; round++) {
      void bindings.pause('work');
      bindings.resume('work');
    }
    await scene.send('work', ...numbered(5));
    await until(() => seen.length === 5 && scene.left('work') === 0);
  });

  it('starts paused where its option says so, or it was paused before the start', async () => {
    const seen: unknown[] = [];
    const byOption = await scene.startApp({
      controllers: [WorkController],
      providers: [{ provide: WORK_HANDLER, useValue: (payload: unknown) => seen.push(payload) }],
      imports: [ServiceBusModule.forFeature({ pattern: 'work', paused: true })],
    });
    expect(byOption.server.health()).toMatchObject([
      { state: 'paused', paused: { reason: 'its option paused is set' } },
    ]);
    await scene.send('work', ...numbered(3));
    bindingsOf(byOption).resume('work');
    await until(() => seen.length === 3);
    await byOption.close();

    await scene
      .startApp({
        controllers: [WorkController],
        providers: [{ provide: WORK_HANDLER, useValue: (payload: unknown) => seen.push(payload) }],
        imports: [ServiceBusModule.forFeature({ pattern: 'work' })],
        beforeStart: (server) => void new ServiceBusBindings(server).pause('work', { reason: 'early' }),
      })
      .then(({ server }) =>
        expect(server.health()).toMatchObject([{ state: 'paused', paused: { reason: 'early' } }]),
      );
  });

  it('has to be there: the error names the nearest', async () => {
    const app = await scene.startWork(() => undefined);
    const bindings = bindingsOf(app);
    await expect(bindings.pause('wrok')).rejects.toThrow(new BindingNotFoundError('wrok', ['work']));
    expect(() => bindings.resume('wrok')).toThrow('there is no binding "wrok": did you mean "work"?');
    expect(() => bindings.resume('invoices')).toThrow('there is no binding "invoices": there is "work"');
  });

  it('stays paused when its connection is lost, and receives on another one once it is resumed', async () => {
    const seen: unknown[] = [];
    const app = await scene.startWork((payload) => seen.push(payload), { watchdog: { silenceMs: 100 } });
    const bindings = bindingsOf(app);
    await bindings.pause('work');
    await scene.send('work', ...numbered(3));
    scene.emulator.dropConnections();
    expect(app.server.health()).toMatchObject([{ state: 'paused' }]);
    expect(scene.emulator.entity('work').lockedCount).toBe(0);
    bindings.resume('work');
    await until(() => seen.length === 3);
    await until(() => app.server.health()[0]?.state === 'receiving');
  });

  it('keeps the wait of a message for its retry', async () => {
    const attempts: number[] = [];
    const app = await scene.startWork((_payload, { attempt }) => {
      attempts.push(attempt);
      if (attempt === 1) throw new RetryException({ delayMs: 300 });
    });
    await scene.send('work', { body: 1 });
    await until(() => app.server.health()[0]?.waitingForRetry === 1);
    await bindingsOf(app).pause('work');
    expect(app.server.health()).toMatchObject([{ state: 'paused', waitingForRetry: 1 }]);
    await until(() => scene.emulator.entity('work').lockedCount === 0);
    expect(scene.left('work')).toBe(1);
    bindingsOf(app).resume('work');
    await until(() => scene.left('work') === 0);
    expect(attempts).toEqual([1, 2]);
  });

  it('is paused by somebody and by its circuit breaker independently of each other', async () => {
    let isBroken = true;
    const app = await scene.startWork(
      () => {
        if (isBroken) throw new RangeError('broken');
      },
      { circuitBreaker: { minMessages: 1, pauseMs: 200 }, retry: { delayMs: 10 }, maxConcurrentCalls: 1 },
    );
    await scene.send('work', ...numbered(5));
    await until(() => app.server.health()[0]?.circuit === 'open');
    await bindingsOf(app).pause('work');
    isBroken = false;
    await until(() => app.server.health()[0]?.circuit === 'half-open');
    await until(() => scene.emulator.entity('work').lockedCount === 0);
    expect(app.server.health()).toMatchObject([{ state: 'paused', circuit: 'half-open' }]);
    expect(scene.left('work')).toBe(5);
    bindingsOf(app).resume('work');
    await until(() => scene.left('work') === 0);
    await until(() => app.server.health()[0]?.state === 'receiving');
    expect(app.server.health()).toMatchObject([{ circuit: 'closed' }]);
  });

  it('gives back messages that wait for others of their batch', async () => {
    const calls: unknown[][] = [];
    const handler: BatchHandler = (payloads) => void calls.push(payloads);
    const app = await scene.startApp({
      controllers: [BatchController],
      providers: [{ provide: BATCH_HANDLER, useValue: handler }],
      imports: [
        ServiceBusModule.forFeature({ pattern: 'work', batch: { maxMessages: 10, maxWaitMs: 60_000 } }),
      ],
    });
    await app.receiving();
    await scene.send('work', ...numbered(4));
    await until(() => scene.emulator.entity('work').lockedCount === 4);
    await bindingsOf(app).pause('work');
    await until(() => scene.emulator.entity('work').lockedCount === 0);
    await until(() => app.server.health()[0]?.inWork === 0);
    bindingsOf(app).resume('work');
    await scene.send('work', ...numbered(6));
    await until(() => scene.left('work') === 0);
    expect(calls).toHaveLength(1);
    expect(calls[0]).toHaveLength(10);
  });

  it('releases its sessions, each once its handler has ended', async () => {
    const gate = new Gate();
    const app = await scene.startWork(gate.handler, {
      queue: 'ordered',
      sessions: { maxConcurrentSessions: 2, idleTimeoutMs: 100 },
    });
    const bindings = bindingsOf(app);
    const sessions = ['a', 'b', 'c'].flatMap((sessionId) =>
      numbered(4).map((message) => ({ ...message, sessionId })),
    );
    await scene.send('ordered', ...sessions);
    await until(() => gate.attempts.length === 2);
    await bindings.pause('work');
    expect(bindings.list()).toMatchObject([{ state: 'paused', sessions: 2, inWork: 2 }]);
    gate.open();
    await until(() => scene.emulator.entity('ordered').heldSessions.length === 0);
    expect(scene.left('ordered')).toBe(10);
    await until(() => isWithoutSessions(app.server.health()[0]));
    expect(app.server.health()).toMatchObject([{ state: 'paused', inWork: 0 }]);
    await bindings.pause('work');
    bindings.resume('work');
    await until(() => scene.left('ordered') === 0);
    expect(gate.attempts).toEqual(Array.from({ length: 12 }, () => 1));
    await until(() => app.server.health()[0]?.state === 'receiving');
  });

  it('never holds more sessions than it may, however often it is paused', async () => {
    const gate = new Gate();
    const app = await scene.startWork(gate.handler, {
      queue: 'ordered',
      sessions: { maxConcurrentSessions: 2 },
    });
    const bindings = bindingsOf(app);
    await scene.send('ordered', ...['a', 'b', 'c', 'd'].map((sessionId) => ({ body: 1, sessionId })));
    await until(() => gate.attempts.length === 2);
    for (let round = 0; round < 5; round++) {
      await bindings.pause('work');
      bindings.resume('work');
      await until(() => app.server.health()[0]?.state !== 'paused');
    }
    expect(gate.attempts).toHaveLength(2);
    gate.open();
    await until(() => scene.left('ordered') === 0);
    expect(gate.attempts).toHaveLength(4);
  });

  it('can be closed, and is not resumed then', async () => {
    const app = await scene.startWork(() => undefined);
    const bindings = bindingsOf(app);
    await bindings.pause('work');
    await scene.send('work', ...numbered(2));
    await app.close();
    expect(() => bindings.resume('work')).toThrow(DrainedError);
    await bindings.pause('work');
    expect(scene.left('work')).toBe(2);
    expect(scene.emulator.entity('work').lockedCount).toBe(0);

    const ordered = await scene.startWork(() => undefined, { queue: 'ordered', sessions: {} });
    await bindingsOf(ordered).pause('work');
    await ordered.close();
    expect(scene.emulator.entity('ordered').heldSessions).toEqual([]);
  });

  it('ends its handlers within the grace of a shutdown', async () => {
    const app = await scene.startWork(() => new Promise(() => undefined), {}, { drainTimeoutMs: 50 });
    await scene.send('work', { body: 1 });
    await until(() => app.server.health()[0]?.inWork === 1);
    await bindingsOf(app).pause('work');
    await app.close();
    expect(scene.emulator.entity('work').lockedCount).toBe(0);
  });
});
