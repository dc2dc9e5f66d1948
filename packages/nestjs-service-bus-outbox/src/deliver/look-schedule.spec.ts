import { beforeEach, describe, expect, it } from '@jest/globals';

import { LookSchedule } from './look-schedule.js';

describe('LookSchedule', () => {
  let nowMs: number;
  let schedule: LookSchedule;
  beforeEach(() => {
    nowMs = 0;
    schedule = new LookSchedule(
      1_000,
      () => nowMs,
      () => 0,
    );
  });

  const pauses = (count: number): number[] =>
    Array.from({ length: count }, () => {
      const { pauseMs } = schedule;
      nowMs += pauseMs;
      schedule.looked(0, schedule.promiseMs);
      return pauseMs;
    });

  it('looks once a poll interval while nothing happens', () => {
    schedule.looked(0, 0);
    expect(pauses(2)).toEqual([1_000, 1_000]);
  });

  it('promises only where many messages come, and goes on looking after the promise', () => {
    schedule.looked(3, 0);
    expect(schedule.promiseMs).toBe(0);
    schedule.looked(100, 0);
    schedule.looked(100, schedule.promiseMs);
    expect(pauses(8)).toEqual([20, 40, 80, 160, 320, 640, 1_000, 1_000]);
  });

  it('looks at growing intervals for what its process has added, until it is there', () => {
    schedule.expect();
    expect(pauses(4)).toEqual([2, 4, 8, 16]);
    expect(schedule.isPatient).toBe(false);
    schedule.expectNothing();
    expect(schedule.pauseMs).toBe(1_000);
    schedule.expect();
    pauses(10);
    expect(schedule.isPatient).toBe(true);
  });
});
