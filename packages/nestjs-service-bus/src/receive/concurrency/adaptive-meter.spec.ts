import { describe, expect, it } from '@jest/globals';

import { AdaptiveMeter } from './adaptive-meter.js';

describe('AdaptiveMeter', () => {
  it('adds up the time of attempts, including that of attempts still in work', () => {
    const meter = new AdaptiveMeter(1_000);
    meter.begin(1_000);
    meter.begin(1_050);
    meter.end(1_000, 1_080);
    expect(meter.read(1_100)).toEqual({ durationMs: 100, ended: 1, endedDurationMs: 80, busyMs: 130 });
    expect(meter.read(1_200)).toEqual({ durationMs: 100, ended: 0, endedDurationMs: 0, busyMs: 100 });
    meter.end(1_050, 1_250);
    expect(meter.read(1_300)).toEqual({ durationMs: 100, ended: 1, endedDurationMs: 200, busyMs: 50 });
    expect(meter.read(1_400)).toMatchObject({ ended: 0, busyMs: 0 });
  });
});
