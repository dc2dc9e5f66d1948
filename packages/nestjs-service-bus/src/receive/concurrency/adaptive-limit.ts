/** A binding's load since the previous sample. */
export interface LoadSample {
  /** Time covered by the sample. */
  readonly durationMs: number;
  /** Attempts that ended during the sample. */
  readonly ended: number;
  /** Total duration of those attempts. */
  readonly endedDurationMs: number;
  /** Time for which slots were in use, summed over all slots. */
  readonly busyMs: number;
  /** True if all slots were in use at some time. */
  readonly isSaturated: boolean;
  /** Signs that we ask too much of the broker: locks lost, renewals failed, settlements throttled. */
  readonly overloadSignals: number;
  /** True while results wait because the broker refuses them. */
  readonly isOutputBlocked: boolean;
  /** Mean delay of the event loop's timers. */
  readonly loopDelayMs: number;
}

const START = 16;
/** Above this delay of the event loop, lock renewals and probes come late. */
const BLOCKED_LOOP_MS = 50;
/** Above this delay, the event loop has no time for more work. */
const BUSY_LOOP_MS = 25;
const SHRINK_FACTOR = 0.7;
/** Wait this long before shrinking again, or until all attempts begun under the larger limit have ended. */
const SHRINK_AGAIN_MS = 2_000;
const BOLD_STEP = 2;
const CAREFUL_STEP = 1.25;
/** A step is kept only if throughput grows by at least this share of it. */
const GAIN_SHARE = 0.3;
/** A measurement needs this many attempts for chance to even out, or LONG_MEASUREMENT_MS if attempts are long. */
const MIN_ENDED = 30;
const LONG_MEASUREMENT_MS = 10_000;
const MAX_BACKOFF = 32;

/**
 * Finds how many messages to process at once: doubles the limit as long as throughput follows, then tries smaller
 * steps, ever more rarely, and reverts each one that gained too little. Under pressure (lost locks, throttling, a
 * blocked event loop) it cuts the limit by 30% at a time.
 *
 * Throughput is not counted but computed as mean slots in use ÷ mean duration of an attempt (Little's law): attempts
 * of equal duration end in waves, and counting whole waves is too coarse to tell a gain from chance.
 */
export class AdaptiveLimit {
  limit: number;
  private step = BOLD_STEP;
  /** Measurements to let pass before the next step up. */
  private measurementsToSkip = 0;
  private backoff = 1;
  private trial?: { readonly from: number; readonly throughput: number };
  /** Attempts that began under the previous limit and have not ended: they must not be measured. */
  private leftovers: number;
  private measured = { ended: 0, endedDurationMs: 0, busyMs: 0, durationMs: 0 };
  private sinceShrink = { ms: SHRINK_AGAIN_MS, ended: 0 };

  constructor(private readonly max: number) {
    this.limit = Math.min(START, max);
    this.leftovers = this.limit;
  }

  /** Takes a sample into account, and returns the new limit. */
  observe(sample: LoadSample): number {
    this.sinceShrink.ms += sample.durationMs;
    this.sinceShrink.ended += sample.ended;
    const isStrained =
      sample.overloadSignals > 0 || sample.isOutputBlocked || sample.loopDelayMs > BLOCKED_LOOP_MS;
    if (isStrained) this.shrink();
    // If there were free slots all the time, the limit did not influence the sample.
    else if (!sample.isSaturated || sample.loopDelayMs > BUSY_LOOP_MS) this.startMeasuring(0);
    else if (this.leftovers > 0) this.leftovers -= sample.ended;
    else this.measure(sample);
    return this.limit;
  }

  private measure(sample: LoadSample): void {
    const { measured } = this;
    measured.ended += sample.ended;
    measured.endedDurationMs += sample.endedDurationMs;
    measured.busyMs += sample.busyMs;
    measured.durationMs += sample.durationMs;
    const hasEnough = measured.ended >= MIN_ENDED || measured.durationMs >= LONG_MEASUREMENT_MS;
    if (!hasEnough || measured.ended < 2 * this.limit) return;
    const slotsInUse = measured.busyMs / measured.durationMs;
    const attemptMs = Math.max(measured.endedDurationMs / measured.ended, Number.MIN_VALUE);
    this.startMeasuring(0);
    this.evaluate(slotsInUse / attemptMs);
  }

  private evaluate(throughput: number): void {
    const { trial } = this;
    this.trial = undefined;
    if (trial) {
      const gain = throughput / trial.throughput - 1;
      if (gain < GAIN_SHARE * (this.limit / trial.from - 1)) return this.revert(trial.from);
      this.backoff = 1;
    }
    if (this.measurementsToSkip > 0) this.measurementsToSkip--;
    else this.tryHigher(throughput);
  }

  private tryHigher(throughput: number): void {
    const from = this.limit;
    this.setLimit(Math.min(Math.max(Math.floor(from * this.step), from + 1), this.max));
    if (this.limit !== from) this.trial = { from, throughput };
  }

  private revert(limit: number): void {
    this.setLimit(limit);
    this.step = CAREFUL_STEP;
    this.measurementsToSkip = this.backoff;
    this.backoff = Math.min(this.backoff * 2, MAX_BACKOFF);
  }

  private shrink(): void {
    this.startMeasuring(this.limit);
    const { ms, ended } = this.sinceShrink;
    if (ms < SHRINK_AGAIN_MS && ended < this.limit) return;
    this.setLimit(Math.max(Math.floor(this.limit * SHRINK_FACTOR), 1));
    this.sinceShrink = { ms: 0, ended: 0 };
    this.trial = undefined;
    this.step = CAREFUL_STEP;
    this.measurementsToSkip = this.backoff;
  }

  private setLimit(limit: number): void {
    this.limit = limit;
    this.startMeasuring(limit);
  }

  private startMeasuring(leftovers: number): void {
    this.leftovers = leftovers;
    this.measured = { ended: 0, endedDurationMs: 0, busyMs: 0, durationMs: 0 };
  }
}
