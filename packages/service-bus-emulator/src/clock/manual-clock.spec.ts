import { describe, expect, it } from '@jest/globals';

import { ManualClock } from './manual-clock.js';

describe('ManualClock', () => {
  it('stands still until it is advanced', () => {
    const clock = new ManualClock(1_000);
    expect([clock.now(), clock.now()]).toEqual([1_000, 1_000]);
    clock.advance(500);
    expect(clock.now()).toBe(1_500);
  });

  it('starts at the present by default', () => {
    expect(Math.abs(new ManualClock().now() - Date.now())).toBeLessThan(1_000);
  });

  it('rings its alarm once, at the time that was set', () => {
    const clock = new ManualClock(0);
    const rung: number[] = [];
    clock.setAlarm(100, () => rung.push(clock.now()));
    clock.advance(99);
    expect(rung).toEqual([]);
    clock.advance(1_000);
    expect(rung).toEqual([100]);
    expect(clock.now()).toBe(1_099);
  });

  it('rings alarms that are set while it rings, each at its time', () => {
    const clock = new ManualClock(0);
    const rung: number[] = [];
    const ring = (): void => {
      rung.push(clock.now());
      clock.setAlarm(clock.now() + 30, ring);
    };
    clock.setAlarm(30, ring);
    clock.advance(100);
    expect(rung).toEqual([30, 60, 90]);
  });

  it('has one alarm, which can be replaced or removed', () => {
    const clock = new ManualClock(0);
    const rung: string[] = [];
    clock.setAlarm(10, () => rung.push('first'));
    clock.setAlarm(20, () => rung.push('second'));
    clock.advance(50);
    clock.setAlarm(60, () => rung.push('third'));
    clock.setAlarm(Infinity, () => rung.push('never'));
    clock.advance(50);
    expect(rung).toEqual(['second']);
  });

  it('rings an alarm for the past with the next step, without going back', () => {
    const clock = new ManualClock(100);
    const rung: number[] = [];
    clock.setAlarm(50, () => rung.push(clock.now()));
    clock.advance(0);
    expect(rung).toEqual([100]);
  });

  it('does what was delayed in order of time, between alarms', () => {
    const clock = new ManualClock(0);
    const done: string[] = [];
    clock.delay(30, () => done.push('delayed 30'));
    clock.delay(10, () => done.push('delayed 10'));
    clock.setAlarm(20, () => done.push('alarm 20'));
    clock.advance(30);
    expect(done).toEqual(['delayed 10', 'alarm 20', 'delayed 30']);
  });
});
