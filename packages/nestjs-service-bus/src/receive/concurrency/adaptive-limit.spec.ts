import { describe, expect, it } from '@jest/globals';

import { AdaptiveLimit, type LoadSample } from './adaptive-limit.js';

const TICK_MS = 250;

/** A sample of work at this limit with all slots in use, each attempt taking `attemptMs`. */
function busy(limit: number, attemptMs: number, others: Partial<LoadSample> = {}): LoadSample {
  const ended = Math.round((limit * TICK_MS) / attemptMs);
  return {
    durationMs: TICK_MS,
    ended,
    endedDurationMs: ended * attemptMs,
    busyMs: limit * TICK_MS,
    isSaturated: true,
    overloadSignals: 0,
    isOutputBlocked: false,
    loopDelayMs: 0,
    ...others,
  };
}

/** Runs the controller for some seconds against work whose attempts take `attemptMs(limit)`. */
function run(
  controller: AdaptiveLimit,
  seconds: number,
  attemptMs: (limit: number) => number,
  others: Partial<LoadSample> = {},
): number[] {
  const limits: number[] = [];
  for (let tick = 0; tick < (seconds * 1_000) / TICK_MS; tick++) {
    limits.push(controller.observe(busy(controller.limit, attemptMs(controller.limit), others)));
  }
  return limits;
}

const waiting = (): number => 100;
/** A resource that serves one request at a time: with more at once, each only waits longer. */
const serial = (limit: number): number => limit * 10;

describe('AdaptiveLimit', () => {
  it('starts with 16, or with its maximum', () => {
    expect(new AdaptiveLimit(200).limit).toBe(16);
    expect(new AdaptiveLimit(8).limit).toBe(8);
  });

  it('doubles while throughput follows, up to its maximum', () => {
    const controller = new AdaptiveLimit(200);
    const limits = new Set(run(controller, 10, waiting));
    expect([...limits]).toEqual([16, 32, 64, 128, 200]);
    expect(run(controller, 60, waiting).every((limit) => limit === 200)).toBe(true);
  });

  it('reverts a step that gained nothing, and tries again ever more rarely', () => {
    const controller = new AdaptiveLimit(200);
    const limits = run(controller, 300, serial);
    expect(Math.max(...limits)).toBe(32);
    expect(controller.limit).toBeLessThanOrEqual(20);
    const trialsIn = (some: number[]): number =>
      some.filter((limit, at) => at > 0 && limit > (some[at - 1] ?? limit)).length;
    const half = limits.length / 2;
    expect(trialsIn(limits.slice(half))).toBeLessThan(trialsIn(limits.slice(0, half)));
    const atMore = limits.filter((limit) => limit > 16).length;
    expect(atMore / limits.length).toBeLessThan(0.2);
  });

  it('finds the limit at which throughput stops growing', () => {
    // Up to 60 at once are served at full speed; above that, each one waits for the others.
    const pool = (limit: number): number => 50 * Math.max(limit / 60, 1);
    const controller = new AdaptiveLimit(200);
    run(controller, 60, pool);
    expect(controller.limit).toBeGreaterThanOrEqual(48);
    expect(controller.limit).toBeLessThanOrEqual(90);
  });

  it('grows again when the work changes', () => {
    const controller = new AdaptiveLimit(200);
    run(controller, 30, serial);
    run(controller, 60, waiting);
    expect(controller.limit).toBe(200);
  });

  it('stays where it is while no message waits for a slot', () => {
    const controller = new AdaptiveLimit(200);
    expect(new Set(run(controller, 60, waiting, { isSaturated: false }))).toEqual(new Set([16]));
  });

  it('sees no gain when the additional slots are not filled', () => {
    // The broker sends no more than 16 at once, whatever the limit is.
    const controller = new AdaptiveLimit(200);
    for (let tick = 0; tick < 400; tick++) controller.observe(busy(16, 100));
    expect(controller.limit).toBeLessThanOrEqual(20);
  });

  it.each<[string, Partial<LoadSample>]>([
    ['locks that are lost or not renewed', { overloadSignals: 1 }],
    ['results that the broker refuses', { isOutputBlocked: true }],
    ['a blocked event loop', { loopDelayMs: 60 }],
  ])('shrinks step by step to 1 on %s, and recovers afterwards', (_what, pressure) => {
    const controller = new AdaptiveLimit(200);
    const limits = [...new Set(run(controller, 60, waiting, pressure))];
    expect(limits.slice(0, 4)).toEqual([11, 7, 4, 2]);
    expect(controller.limit).toBe(1);
    run(controller, 120, waiting);
    expect(controller.limit).toBe(200);
  });

  it('waits two seconds, or for its attempts to end, before it shrinks again', () => {
    const controller = new AdaptiveLimit(200);
    const long = (): number => 60_000;
    const limits = run(controller, 4, long, { overloadSignals: 1 });
    expect(limits).toEqual([...Array<number>(8).fill(11), ...Array<number>(8).fill(7)]);
  });

  it('does not grow into an event loop that has no time left', () => {
    const controller = new AdaptiveLimit(200);
    expect(new Set(run(controller, 60, waiting, { loopDelayMs: 30 }))).toEqual(new Set([16]));
  });

  it('recovers within minutes even if attempts take seconds', () => {
    const controller = new AdaptiveLimit(200);
    const seconds = (): number => 5_000;
    run(controller, 30, seconds, { overloadSignals: 1 });
    expect(controller.limit).toBe(1);
    // Attempts outlast a sample: spread their ends over the samples.
    let rest = 0;
    for (let tick = 0; tick < (300 * 1_000) / TICK_MS; tick++) {
      rest += (controller.limit * TICK_MS) / 5_000;
      const ended = Math.floor(rest);
      rest -= ended;
      controller.observe({ ...busy(controller.limit, 5_000), ended, endedDurationMs: ended * 5_000 });
    }
    expect(controller.limit).toBeGreaterThanOrEqual(16);
  });

  it('is patient with attempts that take minutes', () => {
    const controller = new AdaptiveLimit(200);
    const minute = (): number => 60_000;
    expect(run(controller, 60, minute).every((limit) => limit === 16)).toBe(true);
  });

  it('copes with attempts that take no time', () => {
    const controller = new AdaptiveLimit(200);
    const limits = run(controller, 20, () => 1, { endedDurationMs: 0, busyMs: 0 });
    expect(limits.every((limit) => Number.isInteger(limit) && limit >= 1 && limit <= 200)).toBe(true);
  });
});
