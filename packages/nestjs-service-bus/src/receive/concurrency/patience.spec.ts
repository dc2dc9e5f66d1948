import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';

import { type Delivery } from '../../delivery/delivery.js';
import { Patience } from './patience.js';

const deliveryOf = (deliveryCount: number): Delivery =>
  ({ message: { deliveryCount } }) as unknown as Delivery;

describe('Patience', () => {
  let patience: Patience;
  let given: string[];
  beforeEach(() => {
    jest.useFakeTimers();
    given = [];
    patience = new Patience({ now: () => jest.now(), wallTime: () => 0, random: () => 0 });
  });
  afterEach(() => {
    patience.close();
    jest.useRealTimers();
  });

  const wait = (name: string, deliveryCount = 0): Delivery => {
    const delivery = deliveryOf(deliveryCount);
    patience.wait(delivery, () => given.push(name));
    return delivery;
  };

  it('ends a wait after two seconds, each by its own time', () => {
    wait('a');
    jest.advanceTimersByTime(1_500);
    wait('b');
    jest.advanceTimersByTime(499);
    expect(given).toEqual([]);
    jest.advanceTimersByTime(1);
    expect(given).toEqual(['a']);
    jest.advanceTimersByTime(1_500);
    expect(given).toEqual(['a', 'b']);
  });

  it('leaves those alone that got their turn', () => {
    const delivery = wait('a');
    patience.end(delivery);
    jest.advanceTimersByTime(10_000);
    expect(given).toEqual([]);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('sends nobody around for ever: each way back counts as a delivery', () => {
    wait('a', 2);
    jest.advanceTimersByTime(10_000);
    expect(given).toEqual([]);
  });

  it('leaves no timer behind', () => {
    wait('a');
    patience.close();
    expect(jest.getTimerCount()).toBe(0);
  });
});
