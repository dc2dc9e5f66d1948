import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';

import { type BindingOptions } from '../../binding/binding.js';
import { resolveBinding } from '../../binding/resolve-binding.js';
import { type Delivery } from '../../delivery/delivery.js';
import { Random } from '../../../test/simulation/world/random.js';
import { Backlog } from './backlog.js';
import { Capacity } from './capacity.js';

const TOTAL = 100;
const SLOTS = 10;
const PREFETCH = 40;

/** A binding whose messages are handled as soon as they come, and that learns of no answer. */
class Work {
  readonly inWork = new Set<Delivery>();
  private readonly inRetry: Delivery[] = [];
  readonly capacity: Capacity;
  nowMs = 0;
  /** How often it was told that there is more room. */
  wokenTimes = 0;

  constructor(backlog: Backlog, options: BindingOptions = { maxConcurrentCalls: SLOTS }) {
    const runtime = {
      clock: { now: () => this.nowMs, wallTime: () => 0, random: () => 0 },
      logger: console,
      outputs: { isBlocked: false },
    } as unknown as ConstructorParameters<typeof Capacity>[1];
    const binding = resolveBinding('work', options);
    this.capacity = new Capacity(binding, runtime, this, () => this.wokenTimes++, backlog.join());
  }

  get waitingForRetry(): number {
    return this.inRetry.length;
  }

  begin(count: number): Delivery[] {
    const deliveries = this.come(count);
    for (const _ of deliveries) this.capacity.slots.tryTake();
    return deliveries;
  }

  come(count: number): Delivery[] {
    return Array.from({ length: count }, () => {
      const delivery = { message: { body: Buffer.alloc(1) }, troubles: 0 } as unknown as Delivery;
      this.inWork.add(delivery);
      this.capacity.arrived(delivery);
      return delivery;
    });
  }

  retry(delivery: Delivery): void {
    this.inRetry.push(delivery);
  }

  endRetry(): void {
    this.settle(this.inRetry.splice(0, 1));
  }

  handle(deliveries: readonly Delivery[]): void {
    for (const _ of deliveries) {
      this.capacity.left();
      this.capacity.slots.release();
    }
  }

  settle(deliveries: readonly Delivery[]): void {
    for (const delivery of deliveries) {
      this.inWork.delete(delivery);
      this.capacity.ended(delivery);
    }
  }
}

/** A binding to which anything may happen. */
class Hands {
  readonly work: Work;
  private readonly waiting: Delivery[] = [];
  private readonly running: Delivery[] = [];
  private readonly done: Delivery[] = [];

  constructor(backlog: Backlog) {
    this.work = new Work(backlog, { maxConcurrentCalls: SLOTS, prefetch: PREFETCH });
  }

  get behindHandlers(): number {
    return this.waiting.length + this.done.length;
  }

  act(random: Random): void {
    const { work, waiting, done } = this;
    const { capacity } = work;
    switch (random.between(1, 7)) {
      case 1:
        return void waiting.push(...work.come(Math.min(capacity.wanted, random.between(0, 60))));
      case 2:
        return this.begin();
      case 3:
        return this.endHandler();
      case 4:
        return work.settle(done.splice(0, random.between(0, 5)));
      case 5: {
        // Its lock is lost, it was late, or the binding is paused.
        const [delivery] = waiting.splice(random.between(0, waiting.length), 1);
        if (delivery) this.giveBack(delivery);
        return;
      }
      case 6:
        if (work.waitingForRetry > 0) work.endRetry();
        else if (done.length > 0) work.retry(done.pop()!);
        return;
      default:
        capacity.pause();
        for (const delivery of waiting.splice(0)) this.giveBack(delivery);
        capacity.resume();
    }
  }

  endAll(): void {
    for (const delivery of this.waiting.splice(0)) this.giveBack(delivery);
    while (this.running.length > 0) this.endHandler();
    this.work.settle(this.done.splice(0));
    while (this.work.waitingForRetry > 0) this.work.endRetry();
  }

  private begin(): void {
    const { work, waiting, running } = this;
    while (waiting.length > 0 && work.capacity.slots.tryTake()) running.push(waiting.shift()!);
  }

  private endHandler(): void {
    const delivery = this.running.shift();
    if (!delivery) return;
    this.work.handle([delivery]);
    this.done.push(delivery);
  }

  private giveBack(delivery: Delivery): void {
    this.work.capacity.left();
    this.work.settle([delivery]);
  }
}

describe('Capacity', () => {
  it('is wanted for as many messages as handlers are free, whatever is on its way back', () => {
    const work = new Work(new Backlog(TOTAL));
    expect(work.capacity.wanted).toBe(SLOTS);
    const deliveries = work.begin(4);
    expect(work.capacity.wanted).toBe(SLOTS - 4);
    work.handle(deliveries);
    expect(work.capacity.wanted).toBe(SLOTS);
  });

  it('is its share only while all bindings have too many on their way back', () => {
    const backlog = new Backlog(TOTAL);
    const works = Array.from({ length: 20 }, () => new Work(backlog));
    const handled = works.map((work) => {
      const deliveries = work.begin(SLOTS);
      work.handle(deliveries);
      return deliveries;
    });
    const wanted = (): number[] => works.map(({ capacity }) => capacity.wanted);
    wanted();
    expect(new Set(wanted())).toEqual(new Set([0]));
    // A share is five of a hundred. Of those that are settled in part, each wants what its share has room for.
    works[0]!.settle(handled[0]!.slice(2));
    expect(works[0]!.capacity.wanted).toBe(3);
    for (const [index, work] of works.entries()) work.settle(handled[index]!.slice(4));
    wanted();
    expect(new Set(wanted())).toEqual(new Set([SLOTS]));
  });

  it('counts messages in handlers as nobody else’s business', () => {
    const backlog = new Backlog(TOTAL);
    const slow = Array.from({ length: 20 }, () => new Work(backlog));
    for (const work of slow) {
      work.begin(SLOTS);
      expect(work.capacity.wanted).toBe(0);
    }
    expect(new Work(backlog).capacity.wanted).toBe(SLOTS);
  });

  it('holds nobody up with what has ended while its link could take no credit', () => {
    const backlog = new Backlog(TOTAL);
    const [paused, other] = [new Work(backlog), new Work(backlog)];
    const deliveries = Array.from({ length: TOTAL / SLOTS }, () => {
      const some = paused.begin(SLOTS);
      paused.handle(some);
      return some;
    }).flat();
    expect(paused.capacity.wanted).toBe(0);
    // Nobody asks any more what it wants.
    paused.settle(deliveries);
    for (let round = 0; round < 6; round++) other.handle(other.begin(SLOTS));
    expect(other.capacity.wanted).toBe(SLOTS);
  });

  it('leaves the backlog when it is closed', () => {
    const backlog = new Backlog(TOTAL);
    const [closing, other] = [new Work(backlog), new Work(backlog)];
    for (let round = 0; round < TOTAL / SLOTS; round++) closing.handle(closing.begin(SLOTS));
    expect(closing.capacity.wanted).toBe(0);
    other.handle(other.begin(SLOTS));
    other.handle(other.begin(SLOTS));
    expect(other.capacity.wanted).toBe(SLOTS);
    for (let round = 0; round < 4; round++) other.handle(other.begin(SLOTS));
    expect(other.capacity.wanted).toBe(0);
    closing.capacity.close();
    expect(other.capacity.wanted).toBe(SLOTS);
  });

  describe('with a rate', () => {
    beforeEach(() => {
      jest.useFakeTimers();
    });
    afterEach(() => {
      jest.useRealTimers();
    });

    function advance(work: Work, milliseconds: number): void {
      work.nowMs += milliseconds;
      jest.advanceTimersByTime(milliseconds);
    }

    it('is wanted for what has its turn within a second, and never for more than handlers can take', () => {
      const work = new Work(new Backlog(), { rate: { perSecond: 4, burst: 2 } });
      expect([work.capacity.size, work.capacity.wanted, work.capacity.firstCredit]).toEqual([6, 6, 6]);
      // Two of them get their tokens at once, two wait.
      work.begin(4);
      expect([work.capacity.slots.inUse, work.capacity.wanted]).toEqual([2, 2]);
      advance(work, 250);
      expect(work.capacity.wanted).toBe(3);
      const few = new Work(new Backlog(), { maxConcurrentCalls: 3, rate: { perSecond: 1_000, burst: 50 } });
      expect(few.capacity.wanted).toBe(3);
      few.begin(3);
      expect(few.capacity.wanted).toBe(0);
    });

    it('of less than one a second wants a message a second before its turn, and says so', () => {
      const work = new Work(new Backlog(), { rate: { perSecond: 0.1 } });
      expect(work.capacity.wanted).toBe(1);
      work.begin(1);
      expect([work.capacity.wanted, work.capacity.firstCredit]).toEqual([0, 1]);
      advance(work, 8_999);
      expect([work.capacity.wanted, work.wokenTimes]).toEqual([0, 0]);
      advance(work, 1);
      expect([work.capacity.wanted, work.wokenTimes]).toEqual([1, 1]);
      expect(jest.getTimerCount()).toBe(0);
      work.capacity.slots.charge(50);
      expect([work.capacity.wanted, jest.getTimerCount()]).toEqual([0, 1]);
      work.capacity.close();
      expect(jest.getTimerCount()).toBe(0);
    });
  });

  it.each([1, 2, 3, 4, 5])('keeps the account of all bindings, whatever happens to them, seed %d', (seed) => {
    const random = new Random(seed);
    const backlog = new Backlog(TOTAL);
    const hands = new Set<Hands>();
    const wanted = (): number[] => [...hands].map(({ work }) => work.capacity.wanted);
    const isCrowded = (): boolean =>
      [...hands].reduce((sum, { behindHandlers }) => sum + behindHandlers, 0) >= TOTAL;
    for (let step = 0; step < 2_000; step++) {
      if (hands.size < 3 || random.chance(0.02)) hands.add(new Hands(backlog));
      const one = random.pick([...hands] as [Hands, ...Hands[]]);
      if (random.chance(0.01)) {
        one.work.capacity.close();
        hands.delete(one);
      } else one.act(random);
      wanted();
      expect(backlog.share < Infinity).toBe(isCrowded());
    }
    for (const one of hands) one.endAll();
    expect(new Set(wanted())).toEqual(new Set([SLOTS + PREFETCH]));
    expect(backlog.share).toBe(Infinity);
    for (const { work } of hands) work.capacity.close();
    const last = backlog.join();
    last.roomBeside(TOTAL);
    expect(last.roomBeside(TOTAL - 1)).toBe(Infinity);
    expect(backlog.share).toBe(Infinity);
    last.roomBeside(TOTAL);
    expect(backlog.share).toBe(TOTAL);
  });
});
