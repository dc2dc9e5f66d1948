import { type ResolvedRate } from '../../binding/binding.js';

/** A busy process notices late that a token was due: so much of that is made up for, beyond the burst. */
export const LATE_MS = 50;
/** Sums of fractions miss a whole number by less than this. */
const EPSILON = 1e-9;

/**
 * The law of a rate: a token for each call of a handler. They come one by one, at equal distances, and as many as the
 * burst are kept while nobody needs them. Times are given, in milliseconds; where it matters they do not go backwards.
 */
export class RateLimit {
  readonly perSecond: number;
  readonly burst: number;
  /** Fractions of a token count; below 0 it is a debt. */
  private tokens: number;

  constructor(
    { perSecond, burst }: Pick<ResolvedRate, 'perSecond' | 'burst'>,
    private sinceMs: number,
  ) {
    this.perSecond = perSecond;
    this.burst = burst;
    this.tokens = burst;
  }

  /** Takes a token if there is one. Whoever has waited for it gets it also when it is noticed late. */
  take(nowMs: number, hasWaited: boolean): boolean {
    this.refill(nowMs);
    if (!hasWaited) this.tokens = Math.min(this.tokens, this.burst);
    if (this.tokens < 1 - EPSILON) return false;
    this.tokens--;
    return true;
  }

  /** Takes tokens whether they are there or not: what is missing has to come first. Below 0, gives them back. */
  charge(count: number): void {
    this.tokens -= count;
  }

  /** Whole tokens that are there, and so many more, which may be a fraction. */
  countWith(more: number, nowMs: number): number {
    this.refill(nowMs);
    return Math.floor(Math.min(this.tokens, this.burst) + more + EPSILON);
  }

  /** Whole milliseconds until there are so many tokens; Infinity where it is more than are kept. */
  waitMs(count: number, nowMs: number): number {
    if (count > this.burst) return Infinity;
    this.refill(nowMs);
    return Math.max(Math.ceil(((count - EPSILON - this.tokens) * 1_000) / this.perSecond), 0);
  }

  /** Tokens that come in this time, and a fraction of one. */
  tokensIn(durationMs: number): number {
    return (durationMs * this.perSecond) / 1_000;
  }

  private refill(nowMs: number): void {
    const most = this.burst + this.tokensIn(LATE_MS);
    this.tokens = Math.min(this.tokens + this.tokensIn(Math.max(nowMs - this.sinceMs, 0)), most);
    this.sinceMs = Math.max(nowMs, this.sinceMs);
  }
}
