/** The part of a clock that a watch needs. */
interface WatchClock {
  now(): number;
  delay(milliseconds: number, action: () => void): void;
}

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
    this.clock.delay(Math.max(0, Math.ceil(atMs - this.clock.now())), () => this.#look(atMs));
  }

  close(): void {
    this.#isClosed = true;
  }

  #look(atMs: number): void {
    // An earlier time has been expected since.
    if (this.#isClosed || atMs !== this.#nextAtMs) return;
    this.#nextAtMs = Infinity;
    this.expect(this.sweep(this.clock.now()));
  }
}
