import { LATE_MS } from './rate-limit.js';

/** Sums of fractions miss a whole number by less than this. */
const EPSILON_MS = 1e-6;

/** Turns that follow one another at equal distances. */
interface Run {
  nextMs: number;
  left: number;
  readonly intervalMs: number;
  /** None of them is due before. */
  readonly sinceMs: number;
}

/**
 * The turns that a store has given us, in their order. One that is not taken within 50 ms of its time is lost: a later
 * one might meet with others' turns.
 */
export class Turns {
  private readonly runs: Run[] = [];

  /** How many are left. */
  get count(): number {
    return this.runs.reduce((sum, { left }) => sum + left, 0);
  }

  /** When the next one is due; undefined where none is left. */
  get nextMs(): number | undefined {
    const [run] = this.runs;
    return run && dueMs(run);
  }

  /** The first may have been due for some time, by the store's clock: all of that time are due now. */
  add(firstMs: number, intervalMs: number, count: number, nowMs: number): void {
    this.runs.push({ nextMs: firstMs, left: count, intervalMs, sinceMs: nowMs });
  }

  /** Takes one back that was taken and is not used. */
  putBack(nowMs: number): void {
    this.runs.unshift({ nextMs: nowMs, left: 1, intervalMs: 0, sinceMs: nowMs });
  }

  /** Takes one if it is due. */
  take(nowMs: number): boolean {
    this.expire(nowMs);
    const [run] = this.runs;
    if (!run || dueMs(run) > nowMs + EPSILON_MS) return false;
    this.skip(run, 1);
    return true;
  }

  /** Takes up to so many, due or not; returns how many there were. */
  takeAny(count: number): number {
    let taken = 0;
    for (let run = this.runs[0]; run && taken < count; run = this.runs[0]) {
      const some = Math.min(run.left, count - taken);
      this.skip(run, some);
      taken += some;
    }
    return taken;
  }

  /** How many are due until then. */
  countUntil(untilMs: number): number {
    return this.runs.reduce((sum, run) => {
      if (dueMs(run) > untilMs) return sum;
      if (run.intervalMs === 0) return sum + run.left;
      return sum + Math.min(run.left, Math.floor((untilMs - run.nextMs) / run.intervalMs) + 1);
    }, 0);
  }

  /** Forgets those whose time is over. */
  expire(nowMs: number): void {
    const aliveMs = nowMs - LATE_MS - EPSILON_MS;
    for (let run = this.runs[0]; run && dueMs(run) < aliveMs; run = this.runs[0]) {
      const overdue = run.intervalMs === 0 ? run.left : Math.ceil((aliveMs - run.nextMs) / run.intervalMs);
      this.skip(run, Math.min(run.left, Math.max(overdue, 1)));
    }
  }

  private skip(run: Run, count: number): void {
    run.nextMs += count * run.intervalMs;
    run.left -= count;
    if (run.left === 0) this.runs.splice(this.runs.indexOf(run), 1);
  }
}

function dueMs({ nextMs, sinceMs }: Run): number {
  return Math.max(nextMs, sinceMs);
}
