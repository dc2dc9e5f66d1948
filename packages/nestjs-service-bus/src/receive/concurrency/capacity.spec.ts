import { describe, expect, it } from '@jest/globals';

import { resolveBinding } from '../../binding/resolve-binding.js';
import { type Delivery } from '../../delivery/delivery.js';
import { SYSTEM_CLOCK } from '../../time/clock.js';
import { Backlog } from './backlog.js';
import { Capacity } from './capacity.js';

const TOTAL = 100;
const SLOTS = 10;

/** A binding whose messages are handled as soon as they come, and that learns of no answer. */
class Work {
  readonly inWork = new Set<Delivery>();
  readonly capacity: Capacity;

  constructor(backlog: Backlog) {
    const runtime = {
      clock: SYSTEM_CLOCK,
      logger: console,
      outputs: { isBlocked: false },
    } as unknown as ConstructorParameters<typeof Capacity>[1];
    const binding = resolveBinding('work', { maxConcurrentCalls: SLOTS });
    const held = { inWork: this.inWork, waitingForRetry: 0 };
    this.capacity = new Capacity(binding, runtime, held, () => undefined, backlog.join());
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
});
