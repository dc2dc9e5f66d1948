/** The part of a clock that a watch needs. */
interface WatchClock {
  now(): number;
  delay(milliseconds: number, action: () => void): void;
}

/**
 * Real time, in steps of milliseconds, that clients have to use what has become idle by the emulator's clock. A test that moves
 * the clock by half an hour and goes on at once would otherwise have its next request cross the end of its connection:
 * the JavaScript SDK then waits for the answer until its operation times out.
 * In steps, since time in which the process stands still is of no use to them: it costs one.
 */
const GRACE_STEPS = 10;
const STEP_MS = 5;

/** Looks for what has been idle for too long, whenever something can have become so. */
export class IdleWatch {
  #nextAtMs = Infinity;
  #isClosed = false;

  constructor(
    private readonly clock: WatchClock,
    /** Ends what is idle; returns the Unix time in milliseconds at which something can be next. */
    private readonly sweep: (nowMs: number) => number,
  ) {}

  /** Something can be idle at this time. */
  expect(atMs: number): void {
    if (atMs >= this.#nextAtMs) return;
    this.#nextAtMs = atMs;
    const waitMs = Math.ceil(atMs - this.clock.now());
    const due = (): void => this.#due(atMs, this.clock.now());
    // A clock that stands still does nothing more of what is due already.
    if (waitMs > 0) this.clock.delay(waitMs, due);
    else due();
  }

  close(): void {
    this.#isClosed = true;
  }

  #due(atMs: number, nowMs: number, steps = GRACE_STEPS): void {
    if (steps === 0) return this.#look(atMs, nowMs);
    // After a process has stood still, timers come before what has arrived meanwhile: read that first.
    setTimeout(() => setImmediate(() => this.#due(atMs, nowMs, steps - 1)), STEP_MS).unref();
  }

  /** As of the time at which the grace began: what has become idle since, by a clock that was moved on, has its own. */
  #look(atMs: number, nowMs: number): void {
    // An earlier time has been expected since.
    if (this.#isClosed || atMs !== this.#nextAtMs) return;
    this.#nextAtMs = Infinity;
    this.expect(this.sweep(nowMs));
  }
}
