import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';

import { RateLimiter } from './rate-limiter.js';
import { Slots } from './slots.js';

describe('Slots', () => {
  it('grants no more slots than there are, and a released one to whoever has waited longest', async () => {
    const slots = new Slots(2);
    const order: string[] = [];
    expect([slots.tryTake(), slots.tryTake(), slots.tryTake()]).toEqual([true, true, false]);
    const first = slots.take().then((isGranted) => order.push(`first ${isGranted}`));
    const second = slots.take().then((isGranted) => order.push(`second ${isGranted}`));
    expect(slots.waiting).toBe(2);
    slots.release();
    await first;
    expect(slots.inUse).toBe(2);
    slots.release();
    await second;
    expect(order).toEqual(['first true', 'second true']);
  });

  it('refuses all who wait when it closes, and grants no more', async () => {
    const slots = new Slots(1);
    slots.tryTake();
    const waiting = slots.take();
    slots.close();
    expect(await waiting).toBe(false);
    slots.release();
    expect(slots.tryTake()).toBe(false);
    expect(await slots.take()).toBe(false);
    expect(await new Promise((resolve) => slots.wait(resolve))).toBe(false);
  });

  it('follows its limit up and down', async () => {
    const slots = new Slots(1);
    slots.tryTake();
    const waiting = slots.take();
    slots.resize(2);
    expect(await waiting).toBe(true);
    slots.resize(1);
    slots.release();
    expect(slots.tryTake()).toBe(false);
    slots.release();
    expect(slots.tryTake()).toBe(true);
  });

  it('respects a ceiling, and returns to the current limit when it is lifted', async () => {
    const slots = new Slots(1);
    slots.restrict(0);
    expect(slots.tryTake()).toBe(false);
    const waiting = [slots.take(), slots.take(), slots.take()];
    slots.resize(2);
    expect(slots.inUse).toBe(0);
    slots.restrict(1);
    expect(slots.inUse).toBe(1);
    slots.restrict(Infinity);
    expect(await Promise.all(waiting.slice(0, 2))).toEqual([true, true]);
    expect({ inUse: slots.inUse, waiting: slots.waiting }).toEqual({ inUse: 2, waiting: 1 });
  });

  it('tells whether all were in use since it was asked last', () => {
    const slots = new Slots(2);
    slots.tryTake();
    expect(slots.takeFullness()).toBe(false);
    slots.tryTake();
    slots.release();
    expect([slots.takeFullness(), slots.takeFullness()]).toEqual([true, false]);
  });

  it('ends a wait for somebody who does not want it any more, and leaves the others their places', async () => {
    const slots = new Slots(1);
    slots.tryTake();
    const granted: boolean[] = [];
    const impatient = (isGranted: boolean): void => void granted.push(isGranted);
    slots.wait(impatient);
    const patient = slots.take();
    slots.leave(impatient);
    slots.leave(impatient);
    expect(granted).toEqual([false]);
    slots.release();
    expect(await patient).toBe(true);
  });
});

describe('Slots with a rate', () => {
  /** Who was granted a slot, and when. */
  const order: string[] = [];
  let limiter: RateLimiter;

  beforeEach(() => {
    jest.useFakeTimers({ now: 0 });
    order.length = 0;
    limiter = new RateLimiter(
      { perSecond: 2, burst: 1 },
      { now: () => jest.now(), wallTime: () => 0, random: () => 0 },
    );
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  function waitFor(slots: Slots, ...names: string[]): void {
    for (const name of names) {
      slots.wait((isGranted) => order.push(`${name} ${isGranted ? jest.now() : 'refused'}`));
    }
  }

  it('grants slot and token together, in order of arrival', () => {
    const slots = new Slots(10, limiter);
    expect([slots.tryTake(), slots.tryTake()]).toEqual([true, false]);
    waitFor(slots, 'a', 'b', 'c');
    jest.advanceTimersByTime(499);
    expect(order).toEqual([]);
    jest.advanceTimersByTime(1);
    // Whoever comes now waits behind those who are here, also where a token is there.
    expect(slots.tryTake()).toBe(false);
    jest.advanceTimersByTime(2_000);
    expect(order).toEqual(['a 500', 'b 1000', 'c 1500']);
    expect([slots.inUse, slots.waiting, jest.getTimerCount()]).toEqual([4, 0, 0]);
    expect(slots.tryTake()).toBe(true);
  });

  it('takes no token while all slots are in use, and sets no timer', () => {
    const slots = new Slots(1, limiter);
    expect(slots.tryTake()).toBe(true);
    waitFor(slots, 'a');
    waitFor(slots, 'b');
    expect(jest.getTimerCount()).toBe(0);
    jest.advanceTimersByTime(10_000);
    slots.release();
    expect(order).toEqual(['a 10000']);
    slots.release();
    expect(order).toEqual(['a 10000']);
    jest.advanceTimersByTime(500);
    // A bit of its token was there.
    expect(order).toEqual(['a 10000', 'b 10450']);
  });

  it('refuses those who wait for a token when it closes, and goes on after that', () => {
    const slots = new Slots(10, limiter);
    slots.tryTake();
    waitFor(slots, 'a');
    slots.close();
    expect(order).toEqual(['a refused']);
    slots.reopen();
    expect(slots.tryTake()).toBe(false);
    waitFor(slots, 'b');
    jest.advanceTimersByTime(500);
    expect(order).toEqual(['a refused', 'b 500']);
    waitFor(slots, 'c');
    limiter.close();
    expect(jest.getTimerCount()).toBe(0);
  });

  it('is not full because of its rate', () => {
    const slots = new Slots(2, limiter);
    slots.tryTake();
    waitFor(slots, 'a');
    expect(slots.takeFullness()).toBe(false);
  });

  it('shares a rate with others in turns', () => {
    const slots = new Slots(10, limiter);
    const others = new Slots(10, limiter);
    slots.tryTake();
    waitFor(slots, 'a', 'b', 'c');
    waitFor(others, 'x', 'y', 'z');
    jest.advanceTimersByTime(3_000);
    expect([...order].sort()).toEqual(['a 500', 'b 1500', 'c 2500', 'x 1000', 'y 2000', 'z 3000']);
  });
});
