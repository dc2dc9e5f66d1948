import { type Clock } from '../model/namespace/broker.js';

/** A clock that moves only by `advance`, so that tests of time need not wait. */
export class ManualClock implements Clock {
  #nowMs: number;
  #alarm: { atMs: number; ring: () => void } | undefined;
  readonly #delayed: { atMs: number; action: () => void }[] = [];

  /** @param startMs Unix time in milliseconds at which the clock starts; by default the present */
  constructor(startMs: number = Date.now()) {
    this.#nowMs = startMs;
  }

  now(): number {
    return this.#nowMs;
  }

  /** Unix time in milliseconds at which something becomes due next; Infinity if nothing does. */
  get nextDueMs(): number {
    return Math.min(this.#alarm?.atMs ?? Infinity, this.#delayed[0]?.atMs ?? Infinity);
  }

  /** How many answers wait for it, which faults have ordered to be delayed. */
  get delayedCount(): number {
    return this.#delayed.length;
  }

  setAlarm(atMs: number, ring: () => void): void {
    this.#alarm = atMs === Infinity ? undefined : { atMs, ring };
  }

  /** Runs the action once the clock has moved on by so many milliseconds. */
  delay(milliseconds: number, action: () => void): void {
    this.#delayed.push({ atMs: this.#nowMs + milliseconds, action });
    this.#delayed.sort((a, b) => a.atMs - b.atMs);
  }

  /** Moves on by this many milliseconds; everything that becomes due on the way is done at its own time. */
  advance(milliseconds: number): void {
    const untilMs = this.#nowMs + milliseconds;
    for (;;) {
      const nextMs = this.nextDueMs;
      if (nextMs > untilMs) break;
      this.#nowMs = Math.max(this.#nowMs, nextMs);
      if ((this.#delayed[0]?.atMs ?? Infinity) <= nextMs) {
        this.#delayed.shift()?.action();
      } else {
        const { ring } = this.#alarm as { ring: () => void };
        this.#alarm = undefined;
        ring();
      }
    }
    this.#nowMs = untilMs;
  }
}
