import { describe, expect, it } from '@jest/globals';

import { LeastRoundTrip } from './least-round-trip.js';

describe('LeastRoundTrip', () => {
  it('knows nothing before anything was measured', () => {
    expect(new LeastRoundTrip().least(0)).toBeUndefined();
  });

  it('is the shortest of the last ten seconds at least, and of twenty at most', () => {
    const least = new LeastRoundTrip();
    least.measured(12, 0);
    least.measured(10, 1_000);
    least.measured(30, 9_999);
    expect(least.least(9_999)).toBe(10);
    least.measured(50, 10_500);
    expect(least.least(19_000)).toBe(10);
    least.measured(60, 21_000);
    expect(least.least(21_000)).toBe(50);
  });

  it('keeps what it knows over a pause', () => {
    const least = new LeastRoundTrip();
    least.measured(10, 0);
    expect(least.least(100_000)).toBe(10);
    expect(least.least(200_000)).toBe(10);
  });
});
