import { describe, expect, it } from '@jest/globals';

import { ManualClock } from '../../clock/manual-clock.js';
import { IdleWatch } from './idle-watch.js';

describe('IdleWatch', () => {
  it('gives what a clock makes idle that is moved on during the grace a grace of its own', async () => {
    const clock = new ManualClock();
    const start = clock.now();
    const sweeps: number[] = [];
    await new Promise<void>((resolve) => {
      const watch = new IdleWatch(clock, (nowMs) => {
        sweeps.push(nowMs - start);
        if (sweeps.length === 2) resolve();
        return sweeps.length === 1 ? start + 5_000 : Infinity;
      });
      watch.expect(start + 1_000);
      clock.advance(1_000);
      clock.advance(9_000);
    });
    expect(sweeps).toEqual([1_000, 10_000]);
  });
});
