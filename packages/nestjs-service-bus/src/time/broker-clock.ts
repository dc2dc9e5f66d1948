import { type Clock } from './clock.js';

/** [Service Bus] Locks last five minutes at most. */
const MAX_LOCK_MS = 5 * 60_000;
/** What was heard longer ago than two of these is forgotten: clocks drift, and machines sleep. */
const WINDOW_MS = 10 * 60_000;
/** A message that comes so soon after it was enqueued, by our clock, shows that both clocks agree. */
const AGREEMENT_MS = 2_000;

/** How far the broker's clock is ahead of our monotonic one: at least, and at most. */
interface Bounds {
  least: number;
  most: number;
}

const unbounded = (): Bounds => ({ least: -Infinity, most: Infinity });

/**
 * What time it is for the broker. Our machine's clock may be wrong by minutes (no NTP, a virtual machine that was
 * asleep), so it is believed only as long as the times in the broker's messages allow it: a message was enqueued before
 * it came to us, and its lock ends after that. Where our clock is refuted, the broker's own times count, carried on by
 * the monotonic clock.
 */
export class BrokerClock {
  private current = unbounded();
  private previous = unbounded();
  private windowEndsAtMs: number;

  constructor(private readonly clock: Clock) {
    this.windowEndsAtMs = clock.now() + WINDOW_MS;
  }

  /** A message has come that was enqueued then, by the broker's clock. */
  heardEnqueued(enqueuedTimeUtc: Date | undefined): void {
    if (enqueuedTimeUtc) this.heard(enqueuedTimeUtc.getTime(), Infinity);
  }

  /** The broker has told that a lock lasts until then, by its clock. */
  heardLocked(lockedUntilUtc: Date): void {
    const untilMs = lockedUntilUtc.getTime();
    this.heard(untilMs - MAX_LOCK_MS, untilMs);
  }

  /** In milliseconds since 1970. */
  now(): number {
    const wallMs = this.clock.wallTime();
    const { least, most } = this.bounds();
    return wallMs >= least && wallMs <= most ? wallMs : least;
  }

  /** In milliseconds since 1970: surely not later than it is, and no older than the freshest message that has come. */
  earliest(): number {
    const { least } = this.bounds();
    return least === -Infinity ? this.clock.wallTime() : least;
  }

  /** Whether our clock and the broker's are known to agree. */
  get isSure(): boolean {
    const aheadMs = this.clock.wallTime() - this.bounds().least;
    return aheadMs >= 0 && aheadMs <= AGREEMENT_MS;
  }

  private heard(leastMs: number, mostMs: number): void {
    this.turnWindow();
    const nowMs = this.clock.now();
    this.current.least = Math.max(this.current.least, leastMs - nowMs);
    this.current.most = Math.min(this.current.most, mostMs - nowMs);
  }

  /** Of the broker's time now. */
  private bounds(): Bounds {
    this.turnWindow();
    const nowMs = this.clock.now();
    return {
      least: nowMs + Math.max(this.current.least, this.previous.least),
      most: nowMs + Math.min(this.current.most, this.previous.most),
    };
  }

  private turnWindow(): void {
    const nowMs = this.clock.now();
    if (nowMs < this.windowEndsAtMs) return;
    const isOld = nowMs >= this.windowEndsAtMs + WINDOW_MS;
    this.previous = isOld ? unbounded() : this.current;
    this.current = unbounded();
    this.windowEndsAtMs = nowMs + WINDOW_MS;
  }
}
