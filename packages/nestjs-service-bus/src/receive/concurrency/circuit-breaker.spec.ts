import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';

import { type CircuitState } from '../health/consumer-health.js';
import { CircuitBreaker } from './circuit-breaker.js';
import { Slots } from './slots.js';

const policy = { minMessages: 20, failureRatio: 0.15, windowMs: 10_000, pauseMs: 60_000 };
const clock = { now: () => Date.now(), wallTime: () => Date.now(), random: () => 0.5 };

describe('CircuitBreaker', () => {
  let slots: Slots;
  let breaker: CircuitBreaker;
  const states: CircuitState[] = [];

  const attempts = (count: number, isFailure: boolean): void => {
    for (let index = 0; index < count; index++) breaker.end(breaker.begin(), isFailure);
  };

  beforeEach(() => {
    jest.useFakeTimers();
    states.length = 0;
    slots = new Slots(4);
    breaker = new CircuitBreaker(policy, slots, clock, (state) => states.push(state));
  });

  afterEach(() => {
    breaker.close();
    jest.useRealTimers();
  });

  it('stays closed below the minimum number of messages, and below the failure ratio', () => {
    attempts(19, true);
    expect(breaker.state).toBe('closed');
    jest.advanceTimersByTime(10_000);
    attempts(98, false);
    attempts(14, true);
    expect(breaker.state).toBe('closed');
  });

  it('pauses only once, however attempts end that got their slot just before', () => {
    attempts(20, true);
    expect(breaker.state).toBe('open');
    jest.advanceTimersByTime(30_000);
    attempts(20, true);
    jest.advanceTimersByTime(30_000);
    expect(breaker.state).toBe('half-open');
    breaker.end(breaker.begin(), false);
    jest.advanceTimersByTime(120_000);
    expect(breaker.state).toBe('closed');
    expect(states).toEqual(['open', 'half-open', 'closed']);
  });

  it('pauses at the failure ratio: grants no slot until the pause is over, then one', async () => {
    attempts(17, false);
    attempts(3, true);
    expect(breaker.state).toBe('open');
    expect(slots.tryTake()).toBe(false);
    await jest.advanceTimersByTimeAsync(59_999);
    expect(slots.tryTake()).toBe(false);
    await jest.advanceTimersByTimeAsync(1);
    expect(breaker.state).toBe('half-open');
    expect([slots.tryTake(), slots.tryTake()]).toEqual([true, false]);
  });

  it('closes after one success and counts afresh; pauses again after one failure', () => {
    attempts(20, true);
    jest.advanceTimersByTime(60_000);
    attempts(1, true);
    jest.advanceTimersByTime(60_000);
    attempts(1, false);
    expect(states).toEqual(['open', 'half-open', 'open', 'half-open', 'closed']);
    expect([1, 2, 3, 4, 5].map(() => slots.tryTake())).toEqual([true, true, true, true, false]);
    attempts(19, true);
    expect(breaker.state).toBe('closed');
  });

  it('ignores attempts that began before the pause', () => {
    const early = breaker.begin();
    attempts(20, true);
    jest.advanceTimersByTime(60_000);
    breaker.end(early, false);
    expect(breaker.state).toBe('half-open');
  });

  it('tries one message besides those still in work, and no more when these end', () => {
    const early = breaker.begin();
    slots.tryTake();
    slots.tryTake();
    attempts(20, true);
    jest.advanceTimersByTime(60_000);
    expect([slots.tryTake(), slots.tryTake()]).toEqual([true, false]);
    breaker.beforeRelease(early);
    slots.release();
    expect(slots.tryTake()).toBe(false);
  });

  it('tries another message when the first trial takes longer than the pause', () => {
    attempts(20, true);
    jest.advanceTimersByTime(60_000);
    expect([slots.tryTake(), slots.tryTake()]).toEqual([true, false]);
    jest.advanceTimersByTime(60_000);
    expect(breaker.state).toBe('half-open');
    expect([slots.tryTake(), slots.tryTake()]).toEqual([true, false]);
    attempts(1, false);
    expect(breaker.state).toBe('closed');
  });

  it('counts only within its window', () => {
    attempts(19, true);
    jest.advanceTimersByTime(10_000);
    attempts(19, true);
    expect(breaker.state).toBe('closed');
  });
});
