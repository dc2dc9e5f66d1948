import { describe, expect, it } from '@jest/globals';

import { formatDuration, parseDuration } from './duration.js';

const UNLIMITED = 'P10675199DT2H48M5.4775807S';

describe('parseDuration', () => {
  it.each([
    ['PT0S', 0],
    ['PT0.05S', 50],
    ['PT0.5M', 30_000],
    ['PT45S', 45_000],
    ['PT1M', 60_000],
    ['PT90S', 90_000],
    ['PT1H30M', 5_400_000],
    ['P2D', 172_800_000],
    ['P1DT1S', 86_401_000],
    ['P1DT2H3M4.5S', 93_784_500],
    ['P2W', 1_209_600_000],
    ['P1M', 2_592_000_000],
    ['P1Y', 31_536_000_000],
    [UNLIMITED, Infinity],
    ['P10675199D', Infinity],
    ['P99999999D', Infinity],
  ])('reads %s', (text, milliseconds) => {
    expect(parseDuration(text)).toBe(milliseconds);
  });

  it.each([
    '',
    'P',
    'PT',
    'P1DT',
    '60',
    'PT1',
    'pt1m',
    'PT1M ',
    'PT-1M',
    '-PT1M',
    'PT1M1H',
    'P1H',
    'T1M',
    'one minute',
    '00:01:00',
  ])('does not take %j for one', (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });
});

describe('formatDuration', () => {
  it.each([
    [0, 'PT0S'],
    [50, 'PT0.05S'],
    [45_000, 'PT45S'],
    [90_000, 'PT1M30S'],
    [3_600_000, 'PT1H'],
    [86_400_000, 'P1D'],
    [172_800_000 + 5_400_000 + 1_500, 'P2DT1H30M1.5S'],
    [Infinity, UNLIMITED],
  ])('writes %s ms', (milliseconds, text) => {
    expect(formatDuration(milliseconds)).toBe(text);
    expect(parseDuration(text)).toBe(milliseconds);
  });
});
