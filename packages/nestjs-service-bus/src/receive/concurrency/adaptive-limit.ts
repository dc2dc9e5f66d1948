/** What was seen of a binding since the sample before. */
export interface LoadSample {
  /** How long the sample took. */
  readonly durationMs: number;
  /** Attempts that ended in it. */
  readonly ended: number;
  /** How long those attempts took, added up. */
  readonly endedDurationMs: number;
  /** The time in it for which slots were in use, added up over the slots. */
  readonly busyMs: number;
  /** Messages waited for a slot. */
  readonly isSaturated: boolean;
  /** The broker has more from us than it takes: locks lost, renewals failed, settlements throttled. */
  readonly troubles: number;
  /** Results wait, because the broker takes none. */
  readonly isOutputBlocked: boolean;
  /** How much later than planned the event loop's timers fired, on average. */
  readonly loopDelayMs: number;
}

const START = 16;
/** The event loop is blocked for so long at a time that renewals and probes suffer. */
const BLOCKED_LOOP_MS = 50;
/** It has no time left for more. */
const BUSY_LOOP_MS = 25;
const SHRINK_FACTOR = 0.7;
/** A smaller limit gets this long to show what it does, or until all attempts begun above it have ended. */
const SHRINK_AGAIN_MS = 2_000;
const BOLD_STEP = 2;
const CAREFUL_STEP = 1.25;
/** The least share of a step that must come back as throughput. */
const GAIN_SHARE = 0.3;
/** Chance evens out over so many attempts; long ones are not waited for that long. */
const MIN_ENDED = 30;
const LONG_MEASUREMENT_MS = 10_000;
const MAX_PATIENCE = 32;

/**
 * Finds how many messages to have in work at once: doubles the limit as long as throughput follows, then tries
 * smaller steps, ever more seldom, and takes back each one that gained too little. Under pressure (locks,
 * throttling, a blocked event loop) it gives up three tenths at a time.
 *
 * Throughput is not counted but taken from mean slots in use ÷ mean duration of an attempt (Little's law): messages
 * of equal length end in waves, and a count of whole waves is too coarse to tell a gain from chance.
 */
export class AdaptiveLimit {
  limit: number;
  private step = BOLD_STEP;
  /** Measurements to be made before the next step is tried. */
  private quiet = 0;
  private patience = 1;
  private trial?: { readonly from: number; readonly throughput: number };
  /** Attempts that began under another limit end first. */
  private unsettled: number;
  private measured = { ended: 0, endedDurationMs: 0, busyMs: 0, durationMs: 0 };
  private sinceShrink = { ms: SHRINK_AGAIN_MS, ended: 0 };

  constructor(private readonly max: number) {
    this.limit = Math.min(START, max);
    this.unsettled = this.limit;
  }

  /** Takes in what was seen, and returns the limit from now on. */
  observe(sample: LoadSample): number {
    this.sinceShrink.ms += sample.durationMs;
    this.sinceShrink.ended += sample.ended;
    const isStrained = sample.troubles > 0 || sample.isOutputBlocked || sample.loopDelayMs > BLOCKED_LOOP_MS;
    if (isStrained) this.shrink();
    // Without messages that wait, the limit had no part in what was seen.
    else if (!sample.isSaturated || sample.loopDelayMs > BUSY_LOOP_MS) this.startMeasuring(0);
    else if (this.unsettled > 0) this.unsettled -= sample.ended;
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
    this.judge(slotsInUse / attemptMs);
  }

  private judge(throughput: number): void {
    const { trial } = this;
    this.trial = undefined;
    if (trial) {
      const gain = throughput / trial.throughput - 1;
      if (gain < GAIN_SHARE * (this.limit / trial.from - 1)) return this.takeBack(trial.from);
      this.patience = 1;
    }
    if (this.quiet > 0) this.quiet--;
    else this.tryMore(throughput);
  }

  private tryMore(throughput: number): void {
    const from = this.limit;
    this.become(Math.min(Math.max(Math.floor(from * this.step), from + 1), this.max));
    if (this.limit !== from) this.trial = { from, throughput };
  }

  private takeBack(limit: number): void {
    this.become(limit);
    this.step = CAREFUL_STEP;
    this.quiet = this.patience;
    this.patience = Math.min(this.patience * 2, MAX_PATIENCE);
  }

  private shrink(): void {
    this.startMeasuring(this.limit);
    const { ms, ended } = this.sinceShrink;
    if (ms < SHRINK_AGAIN_MS && ended < this.limit) return;
    this.become(Math.max(Math.floor(this.limit * SHRINK_FACTOR), 1));
    this.sinceShrink = { ms: 0, ended: 0 };
    this.trial = undefined;
    this.step = CAREFUL_STEP;
    this.quiet = this.patience;
  }

  private become(limit: number): void {
    this.limit = limit;
    this.startMeasuring(limit);
  }

  private startMeasuring(unsettled: number): void {
    this.unsettled = unsettled;
    this.measured = { ended: 0, endedDurationMs: 0, busyMs: 0, durationMs: 0 };
  }
}
