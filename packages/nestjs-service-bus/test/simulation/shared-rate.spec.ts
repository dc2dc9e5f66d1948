import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Logger } from '@nestjs/common';

import { RateStoreState } from '../../src/receive/health/rate-store-state.js';
import { SharedRate } from '../../src/receive/concurrency/shared-rate.js';
import { Slots } from '../../src/receive/concurrency/slots.js';
import { type Clock } from '../../src/time/clock.js';
import { SimulatedRateStore } from './runtime/simulated-rate-store.js';
import { Random } from './world/random.js';
import { type Owner, VirtualTime } from './world/virtual-time.js';

/** What is at the broker still. */
interface Queue {
  left: number;
}

interface InstanceOptions {
  readonly perSecond: number;
  readonly burst?: number;
  readonly fallbackPerSecond?: number;
  readonly slots?: number;
  readonly workMs?: number;
  readonly brokerMs?: number;
}

/** A process with one binding, as far as its rate is concerned: what it has room for comes from the broker. */
class Instance implements Owner {
  readonly name = 'instance';
  isDead = false;
  readonly startsMs: number[] = [];
  readonly log: string[] = [];
  readonly rate: SharedRate;
  readonly slots: Slots;
  waiting = 0;
  private onTheirWay = 0;

  constructor(
    private readonly time: VirtualTime,
    readonly store: SimulatedRateStore,
    private readonly queue: Queue,
    private readonly options: InstanceOptions,
  ) {
    const clock: Clock = { now: () => time.nowMs, wallTime: () => time.nowMs, random: () => 0.5 };
    const write = (line: unknown): unknown => this.log.push(String(line));
    const state = new RateStoreState('work', 'its messages wait', clock, {
      warn: write,
      log: write,
    } as unknown as Logger);
    const { burst = 1, fallbackPerSecond, perSecond, slots = 100 } = options;
    this.rate = new SharedRate({ perSecond, burst, fallbackPerSecond, store, key: 'work' }, clock, state);
    this.slots = new Slots(slots, this.rate);
    this.rate.onDue(() => this.topUp());
  }

  start(): void {
    this.time.after(0, () => this.topUp(), this);
  }

  countIn(fromMs: number, toMs: number): number {
    return this.startsMs.filter((atMs) => atMs >= fromMs && atMs < toMs).length;
  }

  topUp(): void {
    const { brokerMs = 10, slots = 100 } = this.options;
    const room = Math.min(
      this.rate.roomBeside(this.waiting + this.onTheirWay),
      2 * slots - this.waiting - this.onTheirWay - this.slots.inUse,
      this.queue.left,
    );
    for (let count = 0; count < room; count++) {
      this.queue.left--;
      this.onTheirWay++;
      this.time.after(brokerMs, () => this.arrived(), this);
    }
  }

  private arrived(): void {
    this.onTheirWay--;
    if (this.slots.tryTake()) return this.begin();
    this.waiting++;
    this.slots.wait((isGranted) => {
      this.waiting--;
      if (isGranted) this.begin();
    });
  }

  private begin(): void {
    this.startsMs.push(this.time.nowMs);
    this.topUp();
    this.time.after(
      this.options.workMs ?? 5,
      () => {
        this.slots.release();
        this.topUp();
      },
      this,
    );
  }
}

describe('a shared rate', () => {
  let time: VirtualTime;
  let restore: () => void;

  beforeEach(() => {
    time = new VirtualTime();
    restore = time.install();
  });
  afterEach(() => restore());

  const makeStore = (latencyMs: readonly [number, number]): SimulatedRateStore =>
    new SimulatedRateStore(time, new Random(7), latencyMs);

  function make(
    count: number,
    store: SimulatedRateStore,
    options: InstanceOptions,
    queue: Queue = { left: Infinity },
  ): Instance[] {
    const instances = Array.from({ length: count }, () => new Instance(time, store, queue, options));
    for (const instance of instances) instance.start();
    return instances;
  }
  const run = (untilMs: number): Promise<unknown> => time.runUntil(() => false, untilMs);

  /** The most starts beyond the rate, in whatever stretch of time, less what the store's distance explains. */
  function excess(instances: readonly Instance[], perSecond: number, slackMs: number): number {
    const starts = instances.flatMap(({ startsMs }) => startsMs).sort((a, b) => a - b);
    let most = -Infinity;
    let least = Infinity;
    for (const [index, atMs] of starts.entries()) {
      const due = (atMs * perSecond) / 1_000;
      least = Math.min(least, index - due);
      most = Math.max(most, index + 1 - due - least);
    }
    return most - (slackMs * perSecond) / 1_000;
  }

  it.each([
    [500, 10],
    [500, 50],
    [100, 0],
    [20, 10],
    [3, 10],
    [2_000, 2],
  ])('reaches %d in a second with a store %d ms away', async (perSecond, distanceMs) => {
    const [one] = make(1, makeStore([distanceMs, distanceMs]), { perSecond });
    await run(11_000);
    const reached = one!.countIn(1_000, 11_000) / 10;
    expect(reached).toBeGreaterThan(perSecond * 0.97);
    expect(excess([one!], perSecond, distanceMs + 50)).toBeLessThanOrEqual(1.001);
  });

  it.each([
    [2, 500, 10],
    [5, 500, 10],
    [20, 500, 10],
    [5, 50, 10],
    [5, 2, 10],
    [5, 0.5, 10],
    [20, 20, 5],
  ])('is kept by %d instances together, %d in a second', async (count, perSecond, distanceMs) => {
    const instances = make(count, makeStore([1, distanceMs]), { perSecond });
    const lastsMs = Math.max(20_000, ((30 * 1_000) / perSecond) * count);
    await run(lastsMs + 2_000);
    const reached = instances.map((one) => (one.countIn(2_000, lastsMs + 2_000) / lastsMs) * 1_000);
    const sum = reached.reduce((total, one) => total + one, 0);
    expect(sum).toBeGreaterThan(perSecond * 0.95);
    expect(excess(instances, perSecond, distanceMs + 50)).toBeLessThanOrEqual(1.001);
    for (const one of reached) {
      expect(one).toBeGreaterThan((perSecond / count) * 0.7);
      expect(one).toBeLessThan((perSecond / count) * 1.3);
    }
  });

  it('gives more to whoever has more to do, and nothing to whoever has nothing', async () => {
    const store = makeStore([5, 15]);
    const trickle: Queue = { left: 0 };
    const [little] = make(1, store, { perSecond: 100 }, trickle);
    const [much] = make(1, store, { perSecond: 100 });
    const [idle] = make(1, store, { perSecond: 100 }, { left: 0 });
    const send = (): void => {
      trickle.left++;
      little!.topUp();
      time.after(50, send, little);
    };
    time.after(0, send, little);
    await run(12_000);
    // All of the twenty that come to the one in a second, and the rest for the other.
    expect(little!.countIn(2_000, 12_000) / 10).toBeGreaterThan(19);
    expect(much!.countIn(2_000, 12_000) / 10).toBeGreaterThan(78);
    const used = [little!, much!].reduce((sum, { startsMs }) => sum + startsMs.length, 0);
    expect(used / store.given).toBeGreaterThan(0.95);
    expect(idle!.startsMs).toEqual([]);
  });

  it('loses few turns to handlers that are slower than the rate', async () => {
    const store = makeStore([5, 15]);
    const slow = make(3, store, { perSecond: 50, slots: 4, workMs: 1_000 });
    await run(30_000);
    const used = slow.reduce((sum, { startsMs }) => sum + startsMs.length, 0);
    expect(used).toBeGreaterThan(11 * 29);
    expect(used / store.given).toBeGreaterThan(0.9);
  });

  it('does not ask while nothing is here', async () => {
    const store = makeStore([5, 15]);
    make(3, store, { perSecond: 50 }, { left: 10 });
    await run(5_000);
    const { questions } = store;
    await run(600_000);
    expect(store.questions).toBe(questions);
  });

  it('lets a burst follow at once after a rest, and no more of it however many there are', async () => {
    const queue: Queue = { left: 0 };
    const instances = make(3, makeStore([2, 6]), { perSecond: 10, burst: 20 }, queue);
    await run(10_000);
    queue.left = 200;
    for (const instance of instances) time.after(0, () => instance.topUp(), instance);
    await run(12_000);
    const starts = instances.flatMap(({ startsMs }) => startsMs);
    expect(starts.length).toBeGreaterThanOrEqual(38);
    expect(excess(instances, 10, 56)).toBeLessThanOrEqual(20.001);
    expect(starts.filter((atMs) => atMs < 10_300).length).toBeGreaterThanOrEqual(20);
  });

  it.each(['fails', 'throws', 'hangs', 'lost-answers', 'rubbish'] as const)(
    'holds its messages while the store %s, tells so once, and goes on when it is back',
    async (fault) => {
      const store = makeStore([5, 15]);
      const instances = make(2, store, { perSecond: 100 });
      await run(5_000);
      store.fault = fault;
      await run(5_700);
      const { questions } = store;
      await run(65_000);
      expect(instances.map((one) => one.countIn(5_700, 65_000))).toEqual([0, 0]);
      // By and by it is asked every few seconds only.
      expect(store.questions - questions).toBeLessThan(60);
      expect(instances[0]!.rate.health(3)).toMatchObject({ waiting: 3, key: 'work', storeError: {} });
      store.fault = undefined;
      await run(80_000);
      const back = instances.reduce((sum, one) => sum + one.countIn(71_000, 80_000), 0);
      expect(back).toBeGreaterThan(880);
      expect(excess(instances, 100, 65)).toBeLessThanOrEqual(1.001);
      for (const { log, rate } of instances) {
        expect(log).toHaveLength(2);
        expect(log[0]).toMatch(/^work: the store of its rate fails, its messages wait: /);
        expect(log[1]).toMatch(/^work: the store of its rate answers again, after 6\d\.\d s$/);
        expect(rate.health(0).storeError).toBeUndefined();
      }
    },
  );

  it('stays within the rate while the store is slow', async () => {
    const store = makeStore([5, 15]);
    const instances = make(4, store, { perSecond: 100 });
    await run(3_000);
    store.fault = 'slow';
    await run(30_000);
    // An answer that takes longer than half a second counts for nothing.
    expect(excess(instances, 100, 500 + 50)).toBeLessThanOrEqual(1.001);
    expect(instances.every((one) => one.countIn(5_000, 30_000) > 0)).toBe(true);
  });

  it('goes on alone with its own part while the store fails, where it is told to', async () => {
    const store = makeStore([5, 15]);
    const instances = make(2, store, { perSecond: 100, fallbackPerSecond: 20 });
    await run(5_000);
    store.fault = 'hangs';
    await run(20_000);
    for (const one of instances) {
      expect(one.countIn(6_000, 20_000) / 14).toBeGreaterThan(19);
      expect(one.countIn(6_000, 20_000) / 14).toBeLessThan(21);
    }
    store.fault = undefined;
    await run(40_000);
    expect(instances.reduce((sum, one) => sum + one.countIn(27_000, 40_000), 0)).toBeGreaterThan(1_270);
    expect(excess(instances, 100, 65)).toBeLessThanOrEqual(3.001);
  });

  it('leaves the others what a crashed instance had, within a second', async () => {
    const instances = make(3, makeStore([5, 15]), { perSecond: 30 });
    await run(5_000);
    instances[0]!.isDead = true;
    await run(16_000);
    const others = instances.slice(1).reduce((sum, one) => sum + one.countIn(6_000, 16_000), 0);
    expect(others).toBeGreaterThan(290);
    expect(excess(instances, 30, 65)).toBeLessThanOrEqual(1.001);
  });

  it('takes no turns while it is paused, and uses none of those that it had', async () => {
    const store = makeStore([5, 15]);
    const [one] = make(1, store, { perSecond: 100 });
    await run(2_000);
    one!.slots.close();
    await run(2_100);
    const { given } = store;
    await run(10_000);
    expect([store.given, one!.countIn(2_001, 10_000)]).toEqual([given, 0]);
    one!.slots.reopen();
    time.after(0, () => one!.topUp(), one);
    await run(12_000);
    expect(one!.countIn(10_000, 12_000)).toBeGreaterThan(150);
    expect(excess([one!], 100, 65)).toBeLessThanOrEqual(1.001);
  });

  it('costs everybody what each says that a turn costs, where they disagree about the rate', async () => {
    const store = makeStore([5, 15]);
    const instances = [...make(1, store, { perSecond: 100 }), ...make(1, store, { perSecond: 10 })];
    await run(22_000);
    const [fast, slow] = instances.map((one) => one.countIn(2_000, 22_000) / 20);
    // Each of the one's takes 10 ms of all time, each of the other's 100 ms.
    expect(fast! / 100 + slow! / 10).toBeGreaterThan(0.95);
    expect(fast! / 100 + slow! / 10).toBeLessThan(1.02);
    expect(slow).toBeGreaterThan(1);
  });

  it('pays for what a batch has taken before it begins another', async () => {
    const [one] = make(1, makeStore([5, 15]), { perSecond: 10 }, { left: 0 });
    const { rate } = one!;
    const begun: number[] = [];
    const begin = (): void => {
      begun.push(time.nowMs);
      one!.slots.charge(19);
      one!.slots.release();
      one!.slots.wait(begin);
    };
    time.after(0, () => one!.slots.wait(begin), one);
    await run(21_000);
    expect(begun.length).toBeGreaterThanOrEqual(10);
    expect(begun.length).toBeLessThanOrEqual(11);
    rate.close();
    await run(30_000);
    expect(begun.length).toBeLessThanOrEqual(11);
  });
});
