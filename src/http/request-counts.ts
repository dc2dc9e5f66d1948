/** How many requests a caller has sent in its window, this one included. */
export interface RequestCount {
  readonly totalHits: number;
  readonly resetTime: Date;
}

interface Window {
  hits: number;
  readonly endsAtMs: number;
}

/** Callers beyond this number count as one: whoever comes from many addresses must not fill the memory. */
const MAX_CALLERS = 100_000;
const OTHERS = 'others';

/**
 * Counts requests by caller. A caller's window begins with its first request. Each request gets a count of its own:
 * the library's memory store hands one object to all, in which requests that come at once see each other's counts,
 * and are all refused.
 */
export class RequestCounts {
  /** Tells express-rate-limit that no other process counts these. */
  readonly localKeys = true;
  private windows = new Map<string, Window>();
  private sweepAtMs = 0;

  constructor(
    private readonly windowMs: number,
    private readonly now: () => number = Date.now,
    private readonly maxCallers = MAX_CALLERS,
  ) {}

  /** How many callers are remembered. */
  get size(): number {
    return this.windows.size;
  }

  increment(caller: string): RequestCount {
    const nowMs = this.now();
    this.sweep(nowMs);
    const window = this.current(caller, nowMs);
    window.hits += 1;
    return { totalHits: window.hits, resetTime: new Date(window.endsAtMs) };
  }

  decrement(caller: string): void {
    const window = this.windows.get(caller) ?? this.windows.get(OTHERS);
    if (window && window.hits > 0) window.hits -= 1;
  }

  resetKey(caller: string): void {
    this.windows.delete(caller);
  }

  private current(caller: string, nowMs: number): Window {
    const known = this.windows.get(caller);
    if (known && known.endsAtMs > nowMs) return known;
    if (!known && caller !== OTHERS && this.windows.size >= this.maxCallers)
      return this.current(OTHERS, nowMs);
    const window = { hits: 0, endsAtMs: nowMs + this.windowMs };
    this.windows.set(caller, window);
    return window;
  }

  /** Once a window: forgets the callers whose windows are over. */
  private sweep(nowMs: number): void {
    if (nowMs < this.sweepAtMs) return;
    this.sweepAtMs = nowMs + this.windowMs;
    for (const [caller, { endsAtMs }] of this.windows) if (endsAtMs <= nowMs) this.windows.delete(caller);
  }
}
