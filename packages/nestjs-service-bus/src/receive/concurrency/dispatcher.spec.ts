import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';

import { resolveBinding } from '../../binding/resolve-binding.js';
import { type Delivery } from '../../delivery/delivery.js';
import { type BindingRuntime, type MessageRuntime } from '../../message/binding-runtime.js';
import { Capacity } from './capacity.js';
import { SingleDispatcher } from './dispatcher.js';

describe('SingleDispatcher', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('lets go of a message that loses its lock while it waits, and keeps its token for another one', async () => {
    const clock = { now: () => Date.now(), wallTime: () => Date.now(), random: () => 0 };
    const binding = resolveBinding('work', { rate: { perSecond: 1 } });
    const runtime = { clock, logger: console, outputs: { isBlocked: false } } as unknown as BindingRuntime;
    const held = { inWork: new Set<Delivery>(), waitingForRetry: 0 };
    const capacity = new Capacity(binding, runtime, held, () => undefined);
    const dispatcher = new SingleDispatcher(capacity, runtime as MessageRuntime, () => undefined);
    expect(capacity.slots.tryTake()).toBe(true);

    const delivery = { message: {}, onLost: undefined } as unknown as Delivery;
    capacity.arrived(delivery);
    const dispatched = dispatcher.dispatch(delivery);
    expect(dispatcher.waiting).toBe(1);
    delivery.onLost?.();
    expect(await dispatched).toBe(false);
    expect([dispatcher.waiting, capacity.slots.waiting, delivery.onLost]).toEqual([0, 0, undefined]);
    jest.advanceTimersByTime(1_000);
    expect(capacity.slots.inUse).toBe(1);
    expect(capacity.slots.tryTake()).toBe(true);
    dispatcher.close();
    capacity.close();
  });
});
