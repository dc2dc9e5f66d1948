import { describe, expect, it } from '@jest/globals';

import { parseDuration } from './duration.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

describe('parseDuration', () => {
  it.each([
    ['PT1M', 60_000],
    ['PT20S', 20_000],
    ['PT0.5S', 500],
    ['PT1H30M', 1.5 * HOUR],
    ['P1D', DAY],
    ['P1DT2H3M4.5S', DAY + 2 * HOUR + 184_500],
    ['P2W', 14 * DAY],
    ['P1M', 30 * DAY],
    ['P1Y', 365 * DAY],
    ['PT0S', 0],
  ])('reads %s', (text, milliseconds) => {
    expect(parseDuration(text)).toBe(milliseconds);
  });

  it.each(['P10675199DT2H48M5.4775807S', 'P10675199D'])('takes %s for without end', (text) => {
    expect(parseDuration(text)).toBe(Infinity);
  });

  it.each(['', 'P', 'PT', '1M', 'PT1', 'T1M', 'PT-1M', 'one minute', 'PT1M ', 'P1H'])(
    'refuses "%s"',
    (text) => {
      expect(parseDuration(text)).toBeUndefined();
    },
  );
});
