import { type ManualClock } from 'service-bus-emulator';

import { type Clock, type Timer } from '../time/clock.js';

/** How a step of the clock is to be made. */
export interface AdvanceOptions {
  /**
   * Whether the clock waits, at each moment at which something is due, until all handlers have ended. Default true;
   * false for a test whose handler is still to run, so that its lock is renewed meanwhile.
   */
  readonly awaitHandlers?: boolean;
}

interface TestTimer extends Timer {
  readonly atMs: number;
  readonly action: () => void;
}

/** Waits until the application has done what it has to do now. */
export type Still = (options: AdvanceOptions) => Promise<void>;

/**
 * The clock that a testbed's broker and application share. It stands still until a test moves it: retries, scheduled
 * messages, locks, times to live and pauses wait for that. What an application does with `setTimeout` is not on it.
 */
export class TestClock {
  private readonly timers = new Set<TestTimer>();
  private readonly brokers: ManualClock[];

  /** @internal */
  constructor(
    private readonly broker: ManualClock,
    private readonly still: Still,
  ) {
    this.brokers = [broker];
  }

  /** @internal Takes along another broker's clock, which shows the same time. */
  add(broker: ManualClock): void {
    this.brokers.push(broker);
  }

  /** Unix time in milliseconds. */
  get now(): number {
    return this.broker.now();
  }

  /** @internal Answers of the broker that a fault holds back until then. */
  get delayedAnswers(): number {
    return this.brokers.reduce((count, { delayedCount }) => count + delayedCount, 0);
  }

  /**
   * Moves the clock on. What becomes due on the way happens at its own time, and the clock goes on when it is done:
   * `advance(60_000)` sees all of a message's retries in a minute. Rejects if handlers do not end, with what they do.
   */
  async advance(milliseconds: number, options: AdvanceOptions = {}): Promise<void> {
    if (!(milliseconds >= 0 && milliseconds < Infinity)) {
      throw new RangeError(`the clock was to advance by ${milliseconds} ms: expected a number from 0`);
    }
    const untilMs = this.now + milliseconds;
    await this.still(options);
    for (let nextMs = this.nextDueMs(); nextMs <= untilMs; nextMs = this.nextDueMs()) {
      this.moveTo(nextMs);
      await this.still(options);
    }
    this.moveTo(untilMs);
    await this.still(options);
  }

  /** @internal What the runtime takes for its clock. */
  forRuntime(): Clock {
    return {
      now: () => this.now,
      wallTime: () => this.now,
      // Without jitter, a retry comes exactly when its policy says at the latest.
      random: () => 1 - Number.EPSILON,
      startTimer: (delayMs, action) => this.startTimer(delayMs, action),
    };
  }

  private startTimer(delayMs: number, action: () => void): Timer {
    const timer: TestTimer = {
      atMs: this.now + delayMs,
      action,
      cancel: () => void this.timers.delete(timer),
    };
    // What is due now waits for nobody to move the clock, and yet not for its caller, as with setTimeout.
    if (delayMs <= 0) setImmediate(() => this.timers.delete(timer) && action());
    this.timers.add(timer);
    return timer;
  }

  private nextDueMs(): number {
    let nextMs = Math.min(...this.brokers.map(({ nextDueMs }) => nextDueMs));
    for (const { atMs } of this.timers) nextMs = Math.min(nextMs, atMs);
    return nextMs;
  }

  private moveTo(atMs: number): void {
    for (const broker of this.brokers) broker.advance(Math.max(atMs - broker.now(), 0));
    const due = [...this.timers].filter((timer) => timer.atMs <= this.now).sort((a, b) => a.atMs - b.atMs);
    for (const timer of due) if (this.timers.delete(timer)) timer.action();
  }
}
