const FIRST_DELAY_MS = 250;
/** A worker that ends before it has worked that long could not work. */
const QUICK_MS = 10_000;
const MAX_QUICK_ENDS = 5;

/** When to start a worker again that has ended: one that ends quickly is given longer and longer, and then up. */
export class RestartDelay {
  private quickEnds = 0;

  /** How long to wait before the next start, by how long it had worked; `undefined` is never again. */
  afterEnd(workedMs: number): number | undefined {
    this.quickEnds = workedMs < QUICK_MS ? this.quickEnds + 1 : 0;
    if (this.quickEnds === 0) return 0;
    return this.quickEnds < MAX_QUICK_ENDS ? FIRST_DELAY_MS * 2 ** (this.quickEnds - 1) : undefined;
  }
}
