import { describe, expect, it } from '@jest/globals';

import { RateLimit } from './rate-limit.js';

const START_MS = 1_000_000;

/** Takes tokens as soon as they are due, noticed so late each time, and returns when. */
function takeAll(law: RateLimit, untilMs: number, lateMs = (_count: number): number => 0): number[] {
  const times: number[] = [];
  for (let nowMs = START_MS; nowMs <= untilMs;) {
    if (law.take(nowMs, true)) times.push(nowMs);
    else nowMs += law.waitMs(1, nowMs) + lateMs(times.length);
  }
  return times;
}

describe('RateLimit', () => {
  it.each([0.001, 0.5, 1, 3, 7, 99.9, 1_000, 12_345])(
    'gives %d tokens a second, however long',
    (perSecond) => {
      const seconds = Math.max(20_000 / perSecond, 10);
      const times = takeAll(new RateLimit({ perSecond, burst: 1 }, START_MS), START_MS + seconds * 1_000);
      // The first one is there from the beginning.
      expect(Math.abs(times.length - 1 - Math.floor(seconds * perSecond))).toBeLessThanOrEqual(1);
    },
  );

  it('gives them at equal distances', () => {
    const times = takeAll(new RateLimit({ perSecond: 4, burst: 1 }, START_MS), START_MS + 1_000);
    expect(times.map((time) => time - START_MS)).toEqual([0, 250, 500, 750, 1_000]);
  });

  it('gives no more than the burst at once, and makes no more of them while nobody needs them', () => {
    const law = new RateLimit({ perSecond: 10, burst: 3 }, START_MS);
    const takeAt = (nowMs: number): number => {
      let count = 0;
      while (law.take(nowMs, false)) count++;
      return count;
    };
    expect([takeAt(START_MS), takeAt(START_MS + 99), takeAt(START_MS + 100)]).toEqual([3, 0, 1]);
    expect(takeAt(START_MS + 60_000)).toBe(3);
    expect(takeAt(START_MS + 60_250)).toBe(2);
  });

  it('makes up for what was noticed a little late, and not for what was slept through', () => {
    const late = new RateLimit({ perSecond: 10, burst: 1 }, START_MS);
    expect(takeAll(late, START_MS + 100_050, (count) => (count * 7) % 45)).toHaveLength(1_001);
    const asleep = new RateLimit({ perSecond: 10, burst: 1 }, START_MS);
    expect(asleep.take(START_MS, true)).toBe(true);
    const nowMs = START_MS + 10_000;
    expect([asleep.take(nowMs, true), asleep.take(nowMs, true)]).toEqual([true, false]);
  });

  it.each([1, 5])('stays within its bound in each stretch of time, with a burst of %d', (burst) => {
    const perSecond = 30;
    const law = new RateLimit({ perSecond, burst }, START_MS);
    const times = takeAll(law, START_MS + 20_000, (count) => (count % 50 === 0 ? 700 : (count * 13) % 60));
    for (const [index, from] of times.entries()) {
      for (const [further, to] of times.slice(index, index + 100).entries()) {
        expect(further + 1).toBeLessThanOrEqual(burst + ((to - from + 50) * perSecond) / 1_000 + 0.001);
      }
    }
  });

  it('has what was taken beyond the tokens come first', () => {
    const law = new RateLimit({ perSecond: 10, burst: 1 }, START_MS);
    expect(law.take(START_MS, false)).toBe(true);
    law.charge(49);
    expect(law.waitMs(1, START_MS)).toBe(5_000);
    expect(law.take(START_MS + 4_999, true)).toBe(false);
    expect(law.take(START_MS + 5_000, true)).toBe(true);
    law.charge(-1);
    expect(law.take(START_MS + 5_000, true)).toBe(true);
  });

  it('says how many there are, with a part of what is to come', () => {
    const law = new RateLimit({ perSecond: 0.5, burst: 2 }, START_MS);
    expect([law.countWith(0, START_MS), law.countWith(0.5, START_MS)]).toEqual([2, 2]);
    law.take(START_MS, false);
    law.take(START_MS, false);
    const waits = [0.5, 1, 2, 2.5].map((count) => law.waitMs(count, START_MS));
    expect(waits).toEqual([1_000, 2_000, 4_000, Infinity]);
    expect(law.countWith(law.tokensIn(1_000), START_MS)).toBe(0);
    expect(law.countWith(law.tokensIn(1_000), START_MS + 1_000)).toBe(1);
  });
});
