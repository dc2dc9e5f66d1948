import { describe, expect, it } from '@jest/globals';

import { MAX_DURATION_MS, toTicks } from './ticks.js';

describe('ticks', () => {
  // [.NET: DateTime.UnixEpoch.Ticks, DateTime.MaxValue.Ticks, TimeSpan.MaxValue]
  it.each([
    [Date.UTC(1970, 0, 1), 621_355_968_000_000_000n],
    [Date.UTC(9999, 11, 31, 23, 59, 59, 999), 3_155_378_975_999_990_000n],
    [new Date('0001-01-01T00:00:00Z').getTime(), 0n],
    [1.9, 621_355_968_000_010_000n],
  ])('are %d ms since 1970, counted from the year 1', (timeMs, ticks) => {
    expect(toTicks(timeMs)).toBe(ticks);
  });

  it('give the longest duration', () => {
    const [days, hours, minutes, milliseconds] = [10_675_199, 2, 48, 5_477];
    expect(MAX_DURATION_MS).toBe(((days * 24 + hours) * 60 + minutes) * 60_000 + milliseconds);
  });
});
