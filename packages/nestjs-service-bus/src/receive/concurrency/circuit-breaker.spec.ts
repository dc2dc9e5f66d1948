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
    for (let index = 0; index < count; index++) breaker.end(breaker.begun(), isFailure);
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

  it('says nothing below its least number of messages, and below its ratio', () => {
    attempts(19, true);
    expect(breaker.state).toBe('closed');
    jest.advanceTimersByTime(10_000);
    attempts(98, false);
    attempts(14, true);
    expect(breaker.state).toBe('closed');
  });

  it('is paused once, whatever those do that had their slot just before', () => {
    attempts(20, true);
    expect(breaker.state).toBe('open');
    jest.advanceTimersByTime(30_000);
    attempts(20, true);
    jest.advanceTimersByTime(30_000);
    expect(breaker.state).toBe('half-open');
    breaker.end(breaker.begun(), false);
    jest.advanceTimersByTime(120_000);
    expect(breaker.state).toBe('closed');
    expect(states).toEqual(['open', 'half-open', 'closed']);
  });

  it('pauses at the ratio: no slot is given out until the pause is over, then one', async () => {
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

  it('opens fully after one success, counting anew; pauses again after one failure', () => {
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

  it('does not listen to attempts that began before the pause', () => {
    const early = breaker.begun();
    attempts(20, true);
    jest.advanceTimersByTime(60_000);
    breaker.end(early, false);
    expect(breaker.state).toBe('half-open');
  });

  it('tries one besides those that were in work before, and no more when these end', () => {
    const early = breaker.begun();
    slots.tryTake();
    slots.tryTake();
    attempts(20, true);
    jest.advanceTimersByTime(60_000);
    expect([slots.tryTake(), slots.tryTake()]).toEqual([true, false]);
    breaker.over(early);
    slots.release();
    expect(slots.tryTake()).toBe(false);
  });

  it('tries another one when the tried one takes longer than the pause', () => {
    attempts(20, true);
    jest.advanceTimersByTime(60_000);
    expect([slots.tryTake(), slots.tryTake()]).toEqual([true, false]);
    jest.advanceTimersByTime(60_000);
    expect(breaker.state).toBe('half-open');
    expect([slots.tryTake(), slots.tryTake()]).toEqual([true, false]);
    attempts(1, false);
    expect(breaker.state).toBe('closed');
  });

  it('counts over its window only', () => {
    attempts(19, true);
    jest.advanceTimersByTime(10_000);
    attempts(19, true);
    expect(breaker.state).toBe('closed');
  });
});
