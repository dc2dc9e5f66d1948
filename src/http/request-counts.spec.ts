import { describe, expect, it } from '@jest/globals';

import { RequestCounts } from './request-counts.js';

describe('RequestCounts', () => {
  it('gives each request its own count, whatever comes after it', () => {
    const counts = new RequestCounts(60_000, () => 1_000);
    const all = [1, 2, 3].map(() => counts.increment('shop'));
    expect(all.map(({ totalHits }) => totalHits)).toEqual([1, 2, 3]);
    expect(all.map(({ resetTime }) => resetTime.getTime())).toEqual([61_000, 61_000, 61_000]);
    expect(counts.increment('other').totalHits).toBe(1);
  });

  it('begins again when the window is over, and forgets those who stay away', () => {
    let nowMs = 0;
    const counts = new RequestCounts(60_000, () => nowMs);
    for (let caller = 0; caller < 1_000; caller += 1) counts.increment(`caller ${caller}`);
    nowMs = 59_999;
    expect(counts.increment('caller 1').totalHits).toBe(2);
    nowMs = 60_000;
    expect(counts.increment('caller 1').totalHits).toBe(1);
    expect(counts.size).toBe(1);
  });

  it('counts callers as one when there are too many', () => {
    const counts = new RequestCounts(60_000, () => 1_000, 10);
    for (let caller = 0; caller < 5_000; caller += 1) counts.increment(`caller ${caller}`);
    expect(counts.size).toBe(11);
    expect(counts.increment('caller 1').totalHits).toBe(2);
    expect(counts.increment('somebody else').totalHits).toBe(4_991);
    counts.decrement('somebody else');
    expect(counts.increment('somebody else').totalHits).toBe(4_991);
  });

  it('takes back what does not count', () => {
    const counts = new RequestCounts(60_000);
    counts.increment('shop');
    counts.decrement('shop');
    counts.decrement('shop');
    expect(counts.increment('shop').totalHits).toBe(1);
    counts.resetKey('shop');
    expect(counts.increment('shop').totalHits).toBe(1);
  });
});
