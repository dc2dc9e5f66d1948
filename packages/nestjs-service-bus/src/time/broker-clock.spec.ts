import { beforeEach, describe, expect, it } from '@jest/globals';

import { BrokerClock } from './broker-clock.js';

const START_MS = Date.UTC(2030, 0, 1);
const HOUR_MS = 3_600_000;

describe('BrokerClock', () => {
  let nowMs: number;
  let skewMs: number;
  let clock: BrokerClock;
  const broker = (): number => START_MS + nowMs;
  const enqueued = (ageMs: number): void => clock.heardEnqueued(new Date(broker() - ageMs));
  const locked = (lengthMs: number): void => clock.heardLocked(new Date(broker() + lengthMs));

  beforeEach(() => {
    nowMs = 1_000;
    skewMs = 0;
    clock = new BrokerClock({ now: () => nowMs, wallTime: () => broker() + skewMs, random: () => 0 });
  });

  it('believes our clock while nothing refutes it, and is sure once a fresh message agrees', () => {
    expect([clock.now(), clock.earliest(), clock.isSure]).toEqual([broker(), broker(), false]);
    enqueued(HOUR_MS);
    locked(30_000);
    expect([clock.now(), clock.isSure]).toEqual([broker(), false]);
    enqueued(500);
    expect([clock.now(), clock.isSure]).toEqual([broker(), true]);
    expect(clock.earliest()).toBe(broker() - 500);
  });

  it.each([
    ['behind', -HOUR_MS],
    ['ahead', HOUR_MS],
  ])('takes the broker’s times when our clock is %s, and goes on by monotonic time', (_how, skew) => {
    skewMs = skew;
    enqueued(40);
    locked(30_000);
    nowMs += 60_000;
    expect(clock.now()).toBe(broker() - 40);
    skewMs = skew * 2;
    expect(clock.now()).toBe(broker() - 40);
    expect(clock.isSure).toBe(false);
  });

  it('is at most a lock’s longest life behind when it knows old messages only', () => {
    skewMs = HOUR_MS;
    enqueued(2 * HOUR_MS);
    locked(60_000);
    expect(clock.now()).toBe(broker() + 60_000 - 300_000);
  });

  it('forgets what it heard long ago', () => {
    skewMs = -HOUR_MS;
    enqueued(0);
    expect(clock.now()).toBe(broker());
    nowMs += 11 * 60_000;
    expect(clock.now()).toBe(broker());
    nowMs += 10 * 60_000;
    expect(clock.now()).toBe(broker() - HOUR_MS);
  });
});
