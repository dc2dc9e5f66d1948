import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';

import { type BindingOptions } from '../../binding/binding.js';
import { resolveBinding } from '../../binding/resolve-binding.js';
import { type Delivery } from '../../delivery/delivery.js';
import { Backlog } from './backlog.js';
import { Capacity } from './capacity.js';

const TOTAL = 100;
const SLOTS = 10;

/** A binding whose messages are handled as soon as they come, and that learns of no answer. */
class Work {
  readonly inWork = new Set<Delivery>();
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
    const held = { inWork: this.inWork, waitingForRetry: 0 };
    this.capacity = new Capacity(binding, runtime, held, () => this.wokenTimes++, backlog.join());
  }

  begin(count: number): Delivery[] {
    return Array.from({ length: count }, () => {
      const delivery = { message: { body: Buffer.alloc(1) }, troubles: 0 } as unknown as Delivery;
      this.inWork.add(delivery);
      this.capacity.arrived(delivery);
      this.capacity.slots.tryTake();
      return delivery;
    });
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
});
