import { beforeEach, describe, expect, it } from '@jest/globals';

import { Turns } from './turns.js';

describe('Turns', () => {
  let turns: Turns;

  beforeEach(() => {
    turns = new Turns();
  });

  /** When they can be taken, looking at each millisecond up to a time. */
  function takeAll(fromMs: number, untilMs: number): number[] {
    const times: number[] = [];
    for (let nowMs = fromMs; nowMs <= untilMs; nowMs++) while (turns.take(nowMs)) times.push(nowMs);
    return times;
  }

  it('are taken when they are due, one run after the other', () => {
    turns.add(130, 10, 3, 100);
    turns.add(200, 33.3, 2, 150);
    expect([turns.count, turns.nextMs]).toEqual([5, 130]);
    expect(takeAll(100, 300)).toEqual([130, 140, 150, 200, 234]);
    expect([turns.count, turns.nextMs]).toEqual([0, undefined]);
  });

  it('are due at once as far as a burst goes, and never before they came', () => {
    turns.add(80, 10, 4, 100);
    expect(turns.nextMs).toBe(100);
    expect(takeAll(100, 200)).toEqual([100, 100, 100, 110]);
  });

  it('are lost 50 ms after their time, each for itself', () => {
    turns.add(100, 20, 5, 100);
    expect(turns.take(150)).toBe(true);
    expect(turns.count).toBe(4);
    // Those of 120 and 140 are over; that of 160 is not.
    expect(turns.take(195)).toBe(true);
    expect([turns.count, turns.nextMs]).toEqual([1, 180]);
    expect(turns.take(231)).toBe(false);
    expect(turns.count).toBe(0);
    turns.add(200, 10, 30, 1_000);
    turns.expire(1_051);
    expect(turns.count).toBe(0);
  });

  it('are taken before their time for what has been handled already', () => {
    turns.add(100, 10, 3, 90);
    turns.add(300, 10, 3, 90);
    expect(turns.takeAny(4)).toBe(4);
    expect(turns.nextMs).toBe(310);
    expect(turns.takeAny(5)).toBe(2);
    expect(turns.takeAny(1)).toBe(0);
  });

  it('may be put back', () => {
    turns.add(100, 10, 2, 100);
    expect(turns.take(100)).toBe(true);
    turns.putBack(100);
    expect(takeAll(101, 200)).toEqual([101, 110]);
  });

  it('are counted up to a time', () => {
    turns.add(100, 10, 5, 90);
    turns.add(500, 100, 5, 90);
    expect([99, 100, 125, 400, 700, 5_000].map((untilMs) => turns.countUntil(untilMs))).toEqual([
      0, 1, 3, 5, 8, 10,
    ]);
  });
});
