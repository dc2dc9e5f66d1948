import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';

import { BatchQueue } from './batch-queue.js';
import { RateLimiter } from './rate-limiter.js';
import { Slots } from './slots.js';

describe('BatchQueue', () => {
  const calls: number[][] = [];
  let slots: Slots;
  let queue: BatchQueue<number>;
  const add = (...entries: number[]): void => entries.forEach((entry) => queue.add(entry));

  beforeEach(() => {
    jest.useFakeTimers();
    calls.length = 0;
    slots = new Slots(2);
    queue = new BatchQueue({ maxMessages: 3, maxWaitMs: 100 }, slots, (entries) => calls.push(entries));
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  it('calls as soon as a batch is full, or else when the first message has waited long enough', () => {
    add(1, 2, 3, 4);
    expect(calls).toEqual([[1, 2, 3]]);
    jest.advanceTimersByTime(60);
    add(5);
    jest.advanceTimersByTime(39);
    expect(calls).toHaveLength(1);
    jest.advanceTimersByTime(1);
    expect(calls).toEqual([
      [1, 2, 3],
      [4, 5],
    ]);
    expect(slots.inUse).toBe(2);
    jest.advanceTimersByTime(1_000);
    expect(calls).toHaveLength(2);
  });

  it('lets later messages join a call that waits for a slot', async () => {
    add(1, 2, 3, 4, 5, 6, 7);
    expect(calls).toHaveLength(2);
    await jest.advanceTimersByTimeAsync(150);
    add(8);
    expect(slots.waiting).toBe(1);
    slots.release();
    await jest.advanceTimersByTimeAsync(0);
    expect(calls[2]).toEqual([7, 8]);
    expect(slots.inUse).toBe(2);
  });

  it('asks for as many slots as there are full calls, and takes the oldest first', async () => {
    add(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13);
    expect(slots.waiting).toBe(2);
    slots.resize(10);
    await jest.advanceTimersByTimeAsync(0);
    expect(calls.slice(2)).toEqual([
      [7, 8, 9],
      [10, 11, 12],
    ]);
    await jest.advanceTimersByTimeAsync(100);
    expect(calls[4]).toEqual([13]);
  });

  it('hands over the waiting messages when it closes, and makes no more calls', async () => {
    add(1, 2);
    expect(queue.clear()).toEqual([1, 2]);
    await jest.advanceTimersByTimeAsync(1_000);
    expect(calls).toEqual([]);
    expect(slots.inUse).toBe(0);
  });

  it('releases a slot for which no message is left', async () => {
    add(1, 2, 3, 4, 5, 6, 7, 8, 9);
    expect(slots.waiting).toBe(1);
    queue.clear();
    slots.release();
    await jest.advanceTimersByTimeAsync(0);
    expect(calls).toHaveLength(2);
    expect(slots.inUse).toBe(1);
  });

  it('pays for a batch before another one may begin', async () => {
    let nowMs = 0;
    const clock = { now: () => nowMs, wallTime: () => 0, random: () => 0 };
    slots = new Slots(2, new RateLimiter({ perSecond: 10, burst: 2 }, clock));
    queue = new BatchQueue({ maxMessages: 3, maxWaitMs: 100 }, slots, (entries) => calls.push(entries));
    const advance = async (milliseconds: number): Promise<void> => {
      nowMs += milliseconds;
      await jest.advanceTimersByTimeAsync(milliseconds);
    };
    expect([slots.tryTake(), slots.tryTake()]).toEqual([true, true]);
    add(1, 2, 3, 4, 5, 6);
    await advance(200);
    slots.release();
    slots.release();
    await advance(199);
    expect(calls).toEqual([[1, 2, 3]]);
    await advance(1);
    expect(calls).toEqual([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    slots.close();
    add(7, 8, 9, 10);
    expect(queue.clear()).toEqual([7, 8, 9, 10]);
  });
});
