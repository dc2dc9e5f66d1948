/** Half of the time that counts as recent. */
const HALF_MS = 250;

/** How fast tokens were used lately. */
export class RecentUse {
  private current = 0;
  private previous = 0;

  constructor(private sinceMs: number) {}

  note(count: number, nowMs: number): void {
    this.turn(nowMs);
    this.current += count;
  }

  /** Tokens in a millisecond. */
  perMs(nowMs: number): number {
    this.turn(nowMs);
    return (this.previous + this.current) / (HALF_MS + nowMs - this.sinceMs);
  }

  private turn(nowMs: number): void {
    const pastMs = nowMs - this.sinceMs;
    if (pastMs < HALF_MS) return;
    this.previous = pastMs < 2 * HALF_MS ? this.current : 0;
    this.current = 0;
    this.sinceMs += HALF_MS * Math.floor(pastMs / HALF_MS);
  }
}
