import { describe, expect, it } from '@jest/globals';

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
