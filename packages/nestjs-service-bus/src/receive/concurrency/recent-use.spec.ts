import { describe, expect, it } from '@jest/globals';

import { RecentUse } from './recent-use.js';

describe('RecentUse', () => {
  it('tells how fast tokens were used in the last half second at most', () => {
    const use = new RecentUse(0);
    for (let nowMs = 0; nowMs <= 2_000; nowMs += 10) use.note(1, nowMs);
    expect(use.perMs(2_000)).toBeCloseTo(0.1, 2);
    for (let nowMs = 2_010; nowMs <= 3_000; nowMs += 10) use.note(5, nowMs);
    expect(use.perMs(3_000)).toBeCloseTo(0.5, 1);
  });

  it('forgets', () => {
    const use = new RecentUse(0);
    use.note(100, 10);
    expect(use.perMs(260)).toBeGreaterThan(0.3);
    expect(use.perMs(510)).toBe(0);
    expect(use.perMs(1_000_000)).toBe(0);
    use.note(1, 1_000_001);
    expect(use.perMs(1_000_001)).toBeCloseTo(1 / 250, 3);
  });
});
