import { describe, expect, it } from '@jest/globals';

import { AdaptiveLimit } from './adaptive-limit.js';
import { AdaptiveMeter } from './adaptive-meter.js';
import { prefetchFor } from './prefetch.js';

const SAMPLE_MS = 250;
const MAX = 200;

/** mulberry32: the same figures in each run. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** What handlers do: they wait for something, and they compute, one after the other. */
interface Work {
  readonly waitMs: number;
  readonly computeMs?: number;
  /** Until the next message is here for a slot that has become free. */
  readonly distanceMs?: number;
  /** How much one wait differs from another: 0 not at all, 1 as chance has it. */
  readonly noise?: number;
  /** The share of its time that the machine has for others. */
  readonly othersShare?: number;
}

/** Things that happen at some time, the next one last. */
class Agenda {
  private readonly entries: { readonly atMs: number; readonly begunAtMs: number }[] = [];

  get size(): number {
    return this.entries.length;
  }

  get nextMs(): number {
    return this.entries.at(-1)?.atMs ?? Infinity;
  }

  add(atMs: number, begunAtMs: number): void {
    let [from, to] = [0, this.entries.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((this.entries[middle]?.atMs ?? 0) > atMs) from = middle + 1;
      else to = middle;
    }
    this.entries.splice(from, 0, { atMs, begunAtMs });
  }

  /** Takes the next one, and returns when it began. */
  take(): number {
    return this.entries.pop()?.begunAtMs ?? 0;
  }
}

/** A binding on virtual time: messages always wait at the broker, and the law decides how many are in work. */
class Binding {
  readonly law = new AdaptiveLimit(MAX);
  private readonly meter = new AdaptiveMeter(0);
  private readonly ends = new Agenda();
  /** When messages that were asked for are here. */
  private readonly comes = new Agenda();
  private readonly random: () => number;
  private nowMs = 0;
  private processorFreeAtMs = 0;
  /** Messages that are here and have no slot. */
  private waiting = 0;
  private ended = 0;
  private wasFull = false;

  constructor(seed: number) {
    this.random = randomOf(seed);
  }

  /** Runs for so many seconds; returns the messages per second of the last third. */
  run(seconds: number, work: Work): number {
    const untilMs = this.nowMs + seconds * 1_000;
    const measuredFromMs = untilMs - (seconds * 1_000) / 3;
    let before = 0;
    while (this.nowMs < untilMs) {
      if (this.nowMs <= measuredFromMs) before = this.ended;
      this.sample(this.play(this.nowMs + SAMPLE_MS, work));
    }
    return (this.ended - before) / ((untilMs - measuredFromMs) / 1_000);
  }

  /** Returns how long the processor had to do. */
  private play(untilMs: number, work: Work): number {
    const { ends, comes } = this;
    // Neither changes before the next sample.
    const { limit } = this.law;
    const room = limit + this.prefetch(work);
    let computedMs = 0;
    for (;;) {
      while (ends.size + this.waiting + comes.size < room) comes.add(this.nowMs + (work.distanceMs ?? 0), 0);
      const atMs = Math.min(ends.nextMs, comes.nextMs);
      if (atMs > untilMs) break;
      this.nowMs = atMs;
      if (comes.nextMs <= ends.nextMs) {
        comes.take();
        this.waiting++;
      } else this.end();
      while (this.waiting > 0 && ends.size < limit) computedMs += this.begin(work);
      this.wasFull ||= ends.size >= limit;
    }
    this.nowMs = untilMs;
    return computedMs;
  }

  private prefetch({ waitMs, computeMs = 0, distanceMs = 0 }: Work): number {
    const { limit } = this.law;
    const handlerMs = waitMs + computeMs;
    return prefetchFor({
      limit,
      handlerMs,
      handledPerMs: limit / handlerMs,
      roundTripMs: distanceMs,
      messageBytes: 100,
      lockMs: 30_000,
    });
  }

  private begin({ waitMs, computeMs = 0, noise = 0, othersShare = 0 }: Work): number {
    this.waiting--;
    const factor = 1 - noise - noise * Math.log(1 - this.random());
    const neededMs = computeMs / (1 - othersShare);
    this.processorFreeAtMs = Math.max(this.processorFreeAtMs, this.nowMs) + neededMs;
    this.ends.add(this.processorFreeAtMs + waitMs * factor, this.nowMs);
    this.meter.begin(this.nowMs);
    return neededMs;
  }

  private end(): void {
    this.meter.end(this.ends.take(), this.nowMs);
    this.ended++;
  }

  private sample(computedMs: number): void {
    const behindMs = Math.max(this.processorFreeAtMs - this.nowMs, 0);
    this.law.observe({
      ...this.meter.read(this.nowMs),
      isSaturated: this.wasFull || this.ends.size >= this.law.limit,
      overloadSignals: 0,
      isOutputBlocked: false,
      // A processor that is always busy lets timers come late.
      loopDelayMs: computedMs >= SAMPLE_MS * 0.95 ? Math.min(behindMs / 2, 40) : 0,
    });
    this.wasFull = false;
  }
}

const SEEDS = [1, 2];
const least = (values: readonly number[]): number => Math.min(...values);

describe('the adaptive limit, on virtual time', () => {
  it.each([100, 500])('grows to its maximum for handlers that wait %d ms, give or take', (waitMs) => {
    const shares = SEEDS.map(
      (seed) => new Binding(seed).run(40, { waitMs, noise: 1 }) / ((MAX / waitMs) * 1_000),
    );
    expect(least(shares)).toBeGreaterThan(0.75);
  });

  it('does so at any distance', () => {
    for (const distanceMs of [10, 100]) {
      const work = { waitMs: 100, noise: 0.5, distanceMs };
      const possible = (MAX / 100) * 1_000;
      const shares = SEEDS.map((seed) => new Binding(seed).run(40, work) / possible);
      expect(least(shares)).toBeGreaterThan(0.75);
    }
  });

  it('stays low where the processor is what there is too little of, and uses all of it', () => {
    for (const seed of SEEDS) {
      const binding = new Binding(seed);
      const perSecond = binding.run(40, { waitMs: 10, computeMs: 2, noise: 0.5 });
      expect(perSecond).toBeGreaterThan(450);
      expect(binding.law.limit).toBeLessThanOrEqual(64);
    }
  });

  it('uses what others leave of the processor', () => {
    for (const seed of SEEDS) {
      const perSecond = new Binding(seed).run(40, { waitMs: 10, computeMs: 2, othersShare: 0.5 });
      expect(perSecond).toBeGreaterThan(225);
    }
  });

  it('follows work that takes ten times as long from one moment to the next, and back', () => {
    for (const seed of SEEDS) {
      const binding = new Binding(seed);
      for (const waitMs of [80, 800, 80]) {
        const share = binding.run(40, { waitMs, noise: 0.5 }) / ((MAX / waitMs) * 1_000);
        expect([seed, waitMs, share > 0.75]).toEqual([seed, waitMs, true]);
      }
    }
  });

  it('is never below one or above its maximum', () => {
    const binding = new Binding(1);
    for (const waitMs of [1, 1_000, 5]) {
      binding.run(30, { waitMs, computeMs: 1, noise: 1 });
      expect(binding.law.limit).toBeGreaterThanOrEqual(1);
      expect(binding.law.limit).toBeLessThanOrEqual(MAX);
    }
  });
});
