const FIRST_DELAY_MS = 250;
/** A worker that exits within this time is taken for broken. */
const QUICK_MS = 10_000;
const MAX_QUICK_ENDS = 5;

/** Decides when to restart a worker: the delay grows while it exits quickly, until it is given up. */
export class RestartDelay {
  private quickEnds = 0;

  /** Returns the delay before the next start, by how long the worker ran; `undefined` gives it up. */
  afterEnd(workedMs: number): number | undefined {
    this.quickEnds = workedMs < QUICK_MS ? this.quickEnds + 1 : 0;
    if (this.quickEnds === 0) return 0;
    return this.quickEnds < MAX_QUICK_ENDS ? FIRST_DELAY_MS * 2 ** (this.quickEnds - 1) : undefined;
  }
}
