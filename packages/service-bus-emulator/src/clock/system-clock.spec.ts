import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { SystemClock } from './system-clock.js';

describe('SystemClock', () => {
  let clock: SystemClock;
  beforeEach(() => {
    clock = new SystemClock();
  });
  afterEach(() => clock.setAlarm(Infinity, () => undefined));

  it('tells the time of day, and never goes back', () => {
    const times = Array.from({ length: 1_000 }, () => clock.now());
    expect(Math.abs(times[0]! - Date.now())).toBeLessThan(1_000);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });

  it('is not behind what the process reads, nor a millisecond ahead of it', () => {
    for (let reading = 0; reading < 500; reading += 1) {
      const beforeMs = Date.now();
      const nowMs = clock.now();
      // Rounded, as sums of such numbers are.
      expect(nowMs).toBeGreaterThan(beforeMs - 0.01);
      expect(nowMs).toBeLessThan(Date.now() + 1);
    }
  });

  it('rings its alarm, and not too early', async () => {
    const atMs = clock.now() + 20;
    const rungAtMs = await new Promise<number>((resolve) => clock.setAlarm(atMs, () => resolve(clock.now())));
    expect(rungAtMs).toBeGreaterThanOrEqual(atMs);
  });

  it('rings at once for a time that has passed', async () => {
    await new Promise<void>((resolve) => clock.setAlarm(clock.now() - 1_000, resolve));
  });

  it('keeps one alarm: the last that was set', async () => {
    const rung: string[] = [];
    clock.setAlarm(clock.now(), () => rung.push('first'));
    await new Promise<void>((resolve) => clock.setAlarm(clock.now() + 5, resolve));
    expect(rung).toEqual([]);
  });

  it('does not ring now what is due in a year', async () => {
    const rung: string[] = [];
    // More than a timer takes: setTimeout would take it for 1 ms.
    clock.setAlarm(clock.now() + 365 * 24 * 3_600_000, () => rung.push('early'));
    await new Promise((resolve) => clock.delay(20, () => resolve(undefined)));
    expect(rung).toEqual([]);
  });
});
