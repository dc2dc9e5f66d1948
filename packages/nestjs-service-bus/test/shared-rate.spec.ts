import { describe, expect, it } from '@jest/globals';
import {
  Controller,
  Inject,
  Injectable,
  type LoggerService,
  Module,
  type Provider,
  Scope,
} from '@nestjs/common';
import { MessagePattern, Payload } from '@nestjs/microservices';
import { type ChangeOptions, Desk, type RunResult } from 'service-bus-desk';
import { type EntityInspection } from 'service-bus-emulator';

import { until } from '../../../test/support/until.js';

import {
  type BindingOptions,
  InMemoryRateStore,
  type RateReservation,
  type RateTurns,
  ServiceBusBindings,
  type ServiceBusFeatureOptions,
  ServiceBusHealthIndicator,
  ServiceBusMessageBuilder,
  ServiceBusModule,
  type ServiceBusRateStore,
  ServiceBusServer,
} from '../src/index.js';
import { ServiceBusTestbed } from '../src/testing.js';
import { BATCH_HANDLER, BatchController } from './support/batch-controller.js';
import { WORK_HANDLER, WorkController, type WorkHandler } from './support/work-controller.js';
import { useTestbeds } from './support/work-testbed.js';

const CALLED = Symbol('called');
const SHARED = { perSecond: 10, store: InMemoryRateStore, key: 'api' };
const AT_ONCE: ChangeOptions = { canary: false };

/** Three bindings with a handler each: to their rate the same as three instances. */
@Controller()
class ThreeController {
  constructor(@Inject(CALLED) private readonly called: (binding: string, payload: unknown) => void) {}

  @MessagePattern('one')
  one(@Payload() payload: unknown): void {
    this.called('one', payload);
  }

  @MessagePattern('two')
  two(@Payload() payload: unknown): void {
    this.called('two', payload);
  }

  @MessagePattern('three')
  three(@Payload() payload: unknown): void {
    this.called('three', payload);
  }
}

/** A store that a test has fail as it likes, and else is the one in memory. */
@Injectable()
class MoodyStore implements ServiceBusRateStore {
  questions = 0;
  mood: ((reservation: RateReservation) => unknown) | undefined;

  constructor(private readonly inMemory: InMemoryRateStore) {}

  reserve(reservation: RateReservation): Promise<RateTurns> {
    this.questions++;
    return (this.mood?.(reservation) ?? this.inMemory.reserve(reservation)) as Promise<RateTurns>;
  }
}

describe('a rate that several share', () => {
  const testbeds = useTestbeds();
  let bus: ServiceBusTestbed;
  let calls: { readonly atMs: number; readonly binding: string; readonly payload: unknown }[];

  const called = (binding: string, payload: unknown): void => {
    calls.push({ atMs: bus.clock.now, binding, payload });
  };

  async function openThree(binding: BindingOptions, entities = {}): Promise<void> {
    calls = [];
    bus = await testbeds.open({
      imports: ['one', 'two', 'three'].map((pattern) => ServiceBusModule.forFeature({ pattern, ...binding })),
      controllers: [ThreeController],
      providers: [{ provide: CALLED, useValue: called }],
      entities,
    });
  }

  async function openWork(
    binding: BindingOptions,
    lines: string[] = [],
    handle: () => void = () => undefined,
  ): Promise<void> {
    calls = [];
    const write = (line: unknown): unknown => lines.push(String(line));
    const logger: LoggerService = { log: write, warn: write, error: write };
    const handler: WorkHandler = (payload) => {
      called('work', payload);
      handle();
    };
    bus = await testbeds.open({
      imports: [ServiceBusModule.forFeature({ pattern: 'work', ...binding })],
      controllers: [WorkController],
      providers: [MoodyStore, { provide: WORK_HANDLER, useValue: handler }],
      logger,
    });
  }

  async function send(to: string, ...payloads: unknown[]): Promise<void> {
    for (const payload of payloads) await bus.send(to, payload);
  }

  const numbers = (count: number): number[] => Array.from({ length: count }, (_none, index) => index);
  const times = (): number[] => calls.map(({ atMs }) => atMs - (calls[0]?.atMs ?? 0));
  const of = (binding: string): number => calls.filter((call) => call.binding === binding).length;
  const sessionOf = (sessionId: string, payload: unknown): unknown =>
    new ServiceBusMessageBuilder(payload).setSessionId(sessionId).build();
  const left = (): Pick<EntityInspection, 'messageCount' | 'lockedCount' | 'heldSessions'> => {
    const { messageCount, lockedCount, heldSessions } = bus.entity('work');
    return { messageCount, lockedCount, heldSessions };
  };
  const health = (): ReturnType<ServiceBusServer['health']>[number] => bus.get(ServiceBusServer).health()[0]!;

  /** However long one looks, there are no more than the rate allows. */
  function expectWithin(perSecond: number, atOnce = 1): void {
    const all = times();
    for (const [index, fromMs] of all.entries()) {
      for (const [further, toMs] of all.slice(index).entries()) {
        expect(further + 1).toBeLessThanOrEqual(atOnce + ((toMs - fromMs) * perSecond) / 1_000 + 0.001);
      }
    }
  }

  it('is kept by all of them together, and each has its part', async () => {
    await openThree({ rate: SHARED });
    for (const name of ['one', 'two', 'three']) await send(name, ...numbers(40));
    await bus.clock.advance(9_000);
    expect(calls.length).toBeGreaterThanOrEqual(88);
    expectWithin(10);
    for (const name of ['one', 'two', 'three']) expect(of(name)).toBeGreaterThan(20);
    await bus.clock.advance(4_000);
    expect(bus.completed).toHaveLength(120);
    expect(new Set(calls.map(({ binding, payload }) => `${binding}/${String(payload)}`)).size).toBe(120);
  });

  it('leaves all of it to one that has something to do', async () => {
    await openThree({ rate: SHARED });
    await send('two', ...numbers(60));
    await bus.clock.advance(6_000);
    expect(of('two')).toBeGreaterThanOrEqual(59);
    expectWithin(10);
    expect(health()).toMatchObject({ rate: { perSecond: 10, waiting: 0, key: 'api' } });
  });

  it('keeps at the broker what has no turn within a second or so', async () => {
    await openThree({ rate: SHARED });
    for (const name of ['one', 'two', 'three']) await send(name, ...numbers(100));
    for (let step = 0; step < 50; step++) {
      await bus.clock.advance(100);
      for (const name of ['one', 'two', 'three']) {
        expect(bus.entity(name).lockedCount).toBeLessThanOrEqual(11);
      }
    }
    // Nothing was sent around.
    const deliveries = ['one', 'two', 'three'].flatMap((name) =>
      bus
        .entity(name)
        .messages()
        .map(({ deliveryCount }) => deliveryCount),
    );
    expect(Math.max(...deliveries)).toBe(0);
  });

  it('may be slow: nobody holds a message for long that has to wait', async () => {
    await openThree({ rate: { ...SHARED, perSecond: 0.05 } });
    for (const name of ['one', 'two', 'three']) await send(name, 1, 2);
    await bus.clock.advance(15_000);
    const locked = ['one', 'two', 'three'].map((name) => bus.entity(name).lockedCount);
    expect(locked).toEqual([0, 0, 0]);
    await bus.clock.advance(110_000);
    expect(times()).toEqual([0, 20_000, 40_000, 60_000, 80_000, 100_000]);
  });

  it('has one burst for all', async () => {
    await openThree({ rate: { ...SHARED, perSecond: 1, burst: 6 } });
    await bus.clock.advance(60_000);
    for (const name of ['one', 'two', 'three']) await send(name, ...numbers(5));
    await bus.clock.advance(2_000);
    expect(calls.length).toBeGreaterThanOrEqual(7);
    expectWithin(1, 6);
  });

  it('holds for sessions as well', async () => {
    const queue = { requiresSession: true };
    await openThree(
      { rate: { ...SHARED, perSecond: 4 }, sessions: {} },
      { one: queue, two: queue, three: queue },
    );
    for (const index of numbers(10)) {
      const message = new ServiceBusMessageBuilder(index).setSessionId(`s${index % 3}`).build();
      for (const name of ['one', 'two', 'three']) await bus.send(name, message);
    }
    await bus.clock.advance(9_000);
    expect(bus.completed).toHaveLength(30);
    expectWithin(4);
    for (const session of [0, 1, 2]) {
      const own = calls.flatMap(({ binding, payload }) =>
        binding === 'two' && Number(payload) % 3 === session ? [Number(payload)] : [],
      );
      expect(own).toEqual([...own].sort((a, b) => a - b));
    }
  });

  it('is paid for by batches before the next one begins', async () => {
    const sizes: { readonly atMs: number; readonly size: number }[] = [];
    bus = await testbeds.open({
      imports: [
        ServiceBusModule.forFeature({
          pattern: 'work',
          batch: { maxMessages: 5, maxWaitMs: 5 },
          rate: SHARED,
        }),
      ],
      controllers: [BatchController],
      providers: [
        {
          provide: BATCH_HANDLER,
          useValue: (payloads: unknown[]) => void sizes.push({ atMs: bus.clock.now, size: payloads.length }),
        },
      ],
    });
    const beganAtMs = bus.clock.now;
    await send('work', ...numbers(30));
    for (let step = 0; step < 60; step++) await bus.clock.advance(100);
    const total = (untilMs: number): number =>
      sizes.filter(({ atMs }) => atMs <= untilMs).reduce((sum, { size }) => sum + size, 0);
    for (const { atMs } of sizes) expect(total(atMs)).toBeLessThanOrEqual(5 + (atMs - beganAtMs) / 100);
    expect(bus.completed).toHaveLength(30);
  });

  it.each<[string, BindingOptions, (index: number) => unknown]>([
    ['without sessions', {}, (index) => index],
    ['with sessions', { sessions: {} }, (index) => sessionOf(`s${index}`, index)],
  ])('waits for no answer of its store when it is paused or closed, %s', async (_what, binding, message) => {
    await openWork({ ...binding, rate: { ...SHARED, store: MoodyStore } });
    bus.get(MoodyStore).mood = () => new Promise(() => undefined);
    await send('work', ...numbers(3).map(message));
    await until(() => bus.get(MoodyStore).questions > 0);
    await bus.get(ServiceBusBindings).pause('work');
    await bus.settled();
    expect(left()).toEqual({ messageCount: 3, lockedCount: 0, heldSessions: [] });
    bus.get(ServiceBusBindings).resume('work');
    await bus.clock.advance(1_000);
    await bus.app.close();
    expect(left()).toEqual({ messageCount: 3, lockedCount: 0, heldSessions: [] });
    expect(calls).toEqual([]);
  });

  it.each<[string, (reservation: RateReservation) => unknown, string]>([
    [
      'throws',
      () => {
        throw new TypeError('no pool');
      },
      'TypeError: no pool',
    ],
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
    ['rejects with no error', () => Promise.reject({ away: true }), '{"away":true}'],
    ['answers nothing', () => Promise.resolve(), 'it has answered undefined, expected is { delayMs }'],
    ['answers no number', () => ({ delayMs: '5' }), 'it has answered {"delayMs":"5"}'],
    ['answers NaN', () => ({ delayMs: Number.NaN }), 'it has answered {"delayMs":null}'],
    ['does not answer', () => new Promise(() => undefined), 'it has not answered in 500 ms'],
  ])('holds its messages while its store %s, and loses none', async (_what, mood, told) => {
    const lines: string[] = [];
    await openWork({ rate: { ...SHARED, store: MoodyStore }, prefetch: 5 }, lines);
    const store = bus.get(MoodyStore);
    store.mood = mood;
    await send('work', ...numbers(5));
    await bus.clock.advance(60_000);
    expect(calls).toEqual([]);
    expect(health()).toMatchObject({ state: 'receiving', rate: { key: 'api', storeError: {} } });
    expect(await bus.get(ServiceBusHealthIndicator).isHealthy('bus')).toMatchObject({
      bus: { status: 'up' },
    });
    const { questions } = store;
    expect(questions).toBeLessThan(40);
    store.mood = undefined;
    await bus.clock.advance(10_000);
    expect(calls.map(({ payload }) => payload)).toEqual(numbers(5));
    expectWithin(10);
    expect(health().rate?.storeError).toBeUndefined();
    expect(bus.completed).toHaveLength(5);
    const [fails, answers, ...others] = lines.filter((line) => line.includes('store of its rate'));
    expect(fails).toContain(`work (work): the store of its rate fails, its messages wait: `);
    expect(fails).toContain(told);
    expect(answers).toMatch(/^work \(work\): the store of its rate answers again, after \d+\.\d s$/);
    expect(others).toEqual([]);
  });

  it('is on the clock of a testbed that replaces its store', async () => {
    calls = [];
    bus = await testbeds.open({
      imports: [ServiceBusModule.forFeature({ pattern: 'work', rate: { ...SHARED, store: MoodyStore } })],
      controllers: [WorkController],
      providers: [
        { provide: WORK_HANDLER, useValue: (payload: unknown) => called('work', payload) },
        { provide: MoodyStore, useFactory: () => Promise.reject(new Error('there is no database')) },
      ],
      override: (builder) =>
        builder.overrideProvider(MoodyStore).useFactory({
          factory: (store: InMemoryRateStore) => store,
          inject: [InMemoryRateStore],
        }),
    });
    await send('work', 1, 2, 3);
    await bus.clock.advance(200);
    expect(times()).toEqual([0, 100, 200]);
  });

  it('goes on alone with its part, where it is told to', async () => {
    await openWork({ rate: { ...SHARED, store: MoodyStore, fallbackPerSecond: 2 } });
    const store = bus.get(MoodyStore);
    store.mood = () => Promise.reject(new Error('away'));
    await send('work', ...numbers(40));
    await bus.clock.advance(10_000);
    expect(calls.length).toBeGreaterThanOrEqual(20);
    expectWithin(2, 1);
    store.mood = undefined;
    await bus.clock.advance(10_000);
    expect(bus.completed).toHaveLength(40);
  });

  describe('and dead letters', () => {
    let desk: Desk;

    async function openDead(rate: BindingOptions['rate'], count: number): Promise<void> {
      let isBad = true;
      await openWork({ rate, retry: { maxAttempts: 1 } }, undefined, () => {
        if (isBad) throw new Error('bad');
      });
      await send('work', ...numbers(count));
      await bus.clock.advance(count * 1_000);
      expect(bus.deadLettered).toHaveLength(count);
      calls = [];
      isBad = false;
      desk = await Desk.open({ connectionString: bus.emulator.connectionString });
    }

    const redrive = (): Promise<RunResult> =>
      desk.redrive(
        'work',
        (path, deadLetter) => bus.get(ServiceBusServer).redrive(path, deadLetter),
        AT_ONCE,
      );

    /** Moves the clock on until it is done, no faster than the desk can follow. */
    async function ended<Result>(work: Promise<Result>): Promise<Result> {
      let isOver = false;
      void work.finally(() => (isOver = true)).catch(() => undefined);
      await until(async () => {
        if (!isOver) await bus.clock.advance(100, { awaitHandlers: false });
        return isOver;
      });
      return work;
    }

    it.each<[string, BindingOptions['rate']]>([
      ['a process', { perSecond: 2 }],
      ['several', { perSecond: 2, store: InMemoryRateStore }],
    ])('are handled again within the rate of %s', async (_whose, rate) => {
      await openDead(rate, 4);
      expect(await ended(redrive())).toMatchObject({ planned: 4, done: 4, failed: 0 });
      expect(calls).toHaveLength(4);
      expectWithin(2);
      await desk.close();
    });

    it.each<[string, BindingOptions['rate']]>([
      ['a process', { perSecond: 1 }],
      ['several', { perSecond: 1, store: InMemoryRateStore }],
    ])('go back when the binding is paused while they wait for the rate of %s', async (_whose, rate) => {
      await openDead(rate, 3);
      const bindings = bus.get(ServiceBusBindings);
      await bindings.pause('work', { reason: 'noon' });
      expect(await ended(redrive())).toMatchObject({ done: 0, missing: 0 });
      expect([calls.length, bus.entity('work/$DeadLetterQueue').messageCount]).toEqual([0, 3]);
      bindings.resume('work');
      const running = redrive();
      await until(() => calls.length > 0);
      await bindings.pause('work');
      await ended(running);
      const { messageCount, lockedCount } = bus.entity('work/$DeadLetterQueue');
      expect([messageCount + calls.length, lockedCount]).toEqual([3, 0]);
      expectWithin(1);
      await desk.close();
    });
  });
});

describe('the store of a rate', () => {
  @Injectable()
  class ThereStore implements ServiceBusRateStore {
    reserve(): Promise<RateTurns> {
      return Promise.resolve({ delayMs: 0 });
    }
  }

  @Injectable({ scope: Scope.REQUEST })
  class RequestStore extends ThereStore {}

  class NoStore {}

  const start = async (store: unknown, provided: Provider[] = [], rate: object = {}): Promise<void> => {
    const binding = { pattern: 'work', rate: { perSecond: 5, ...rate, store } } as ServiceBusFeatureOptions;
    @Module({ providers: provided })
    class StoresModule {}
    const bus = await ServiceBusTestbed.create({
      imports: [StoresModule, ServiceBusModule.forFeature(binding)],
      controllers: [WorkController],
      providers: [{ provide: WORK_HANDLER, useValue: () => undefined }],
      logger: false,
    });
    await bus.send('work', 1);
    await bus.settled();
    expect(bus.completed).toHaveLength(1);
    await bus.close();
  };

  const TOKEN = Symbol('rates');

  it.each<[string, unknown, Provider[]]>([
    ['an object', new ThereStore(), []],
    ['a class that another module provides', ThereStore, [ThereStore]],
    ['a symbol', TOKEN, [{ provide: TOKEN, useClass: ThereStore }]],
    ['a text', 'rates', [{ provide: 'rates', useValue: { reserve: () => ({ delayMs: 0 }) } }]],
    ['the one in memory, which is always there', InMemoryRateStore, []],
  ])('may be %s', (_what, store, provided) => start(store, provided));

  it.each<[string, unknown, Provider[], object, string]>([
    ['nobody provides', ThereStore, [], {}, 'rate.store names ThereStore: no module provides it: add it to'],
    ['nobody provides by its name', 'rates', [], {}, 'rate.store names rates: no module provides it'],
    ['is made for each request', RequestStore, [RequestStore], {}, 'rate.store names RequestStore: '],
    ['cannot reserve', NoStore, [NoStore], {}, 'rate.store names NoStore, which has no method reserve'],
    [
      'is null',
      TOKEN,
      [{ provide: TOKEN, useValue: null }],
      {},
      'Symbol(rates), which has no method reserve',
    ],
    ['is no store', { reserve: 5 }, [], {}, 'rate.store is no store: allowed is an object with a method'],
    ['is a number', 7, [], {}, 'rate.store is no store'],
    [
      'has an empty key',
      ThereStore,
      [ThereStore],
      { key: '' },
      'rate.key is "", allowed is a text of 1 to 200',
    ],
    ['has a number for a key', ThereStore, [ThereStore], { key: 5 }, 'rate.key is 5, allowed is a text'],
    [
      'has a part that is more than all',
      ThereStore,
      [ThereStore],
      { fallbackPerSecond: 6 },
      'rate.fallbackPerSecond is 6, allowed is a number from 0.001 to perSecond',
    ],
    ['is not there, and has a key', undefined, [], { key: 'a' }, 'rate.key needs rate.store'],
  ])('that %s stops the start with one line', async (_what, store, provided, rate, line) => {
    const failed = await start(store, provided, rate).catch((error: unknown) => String(error));
    expect(failed).toContain('binding "work": ');
    expect(failed).toContain(line);
    expect(String(failed).split('\n')).toHaveLength(1);
  });
});
