const WINDOW_MS = 10_000;

/**
 * The shortest round trip of the last 10 to 20 seconds. Longer ones have waited somewhere, in our own process most of
 * all: whoever prefetched by them would wait even longer.
 */
export class LeastRoundTrip {
  private current = Infinity;
  private previous = Infinity;
  private sinceMs = -Infinity;

  measured(roundTripMs: number, nowMs: number): void {
    this.turn(nowMs);
    if (roundTripMs < this.current) this.current = roundTripMs;
  }

  /** Undefined as long as nothing was measured. */
  least(nowMs: number): number | undefined {
    this.turn(nowMs);
    const least = Math.min(this.current, this.previous);
    return least === Infinity ? undefined : least;
  }

  private turn(nowMs: number): void {
    if (nowMs - this.sinceMs < WINDOW_MS) return;
    // What was measured before a pause is better than nothing.
    this.previous = this.current === Infinity ? this.previous : this.current;
    this.current = Infinity;
    this.sinceMs = nowMs;
  }
}
