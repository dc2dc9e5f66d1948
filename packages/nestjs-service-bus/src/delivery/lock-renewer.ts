import { errorCode, throttlePauseMs } from '../sdk/index.js';
import { BrokerClock } from '../time/broker-clock.js';
import { type Clock, type Timer } from '../time/clock.js';
import { startIdleTimer } from '../time/timer.js';

/** A lock that the renewer keeps alive; it writes its plan into the last three fields. */
export interface RenewableLock {
  /** By the broker's clock. */
  readonly lockedUntilUtc: Date | undefined;
  /** By the broker's clock: when the message was enqueued whose lock this is. */
  readonly enqueuedTimeUtc?: Date | undefined;
  renew(): Promise<Date>;
  lose(cause?: unknown): void;
  /** Told of each renewal that fails, also when it is tried again. */
  renewalFailed?(error: unknown): void;
  renewAtMs: number;
  lockEndsAtMs: number;
  isRenewing: boolean;
  /**
   * Set while the broker is asked about a lock that seemed to be over when it came: resolves when the lock lasts after
   * all, or is lost. Until then nothing may be done under it.
   */
  inDoubt?: Promise<void> | undefined;
}

const MAX_LOCK_MS = 5 * 60_000;
const MIN_LOCK_MS = 200;
/** [Service Bus] Locks last five seconds at least; an emulator's may be shorter. */
const LEAST_OF_SERVICE_BUS_MS = 5_000;
const LEAST_OF_EMULATORS_MS = 500;
/** Renewals that fall due within this time go out together: one timer, one sweep. */
const SWEEP_MS = 20;
const RETRY_MS = 1_000;
/** What is left of a lock that can wait for two seconds, and be renewed then. */
const LEAST_THROTTLED_LOCK_MS = 2_200;
/** A lock that came after its end is given up if the broker has not renewed it by then. */
const DOUBT_MS = 1_000;
/** While nobody knows how much of the lock is left. */
const UNSURE_RETRY_MS = 200;

/**
 * Keeps the locks of all messages in work alive, each renewed at half its life ± 10 %, with one timer for all.
 * A failed renewal is tried again until the lock's end; then, or when the broker says so, the lock is lost.
 * Keyed by the delivery, not by message id as the SDK's own (two messages may share an id, or have none).
 */
export class LockRenewer {
  /** Each with its end, by the broker's clock, as it was told last. */
  private readonly locks = new Map<RenewableLock, number>();
  /** By lock in doubt: what to call when it is no more. */
  private readonly doubts = new Map<RenewableLock, () => void>();
  private timer?: Timer;
  private sweepAtMs = Infinity;
  private wasSure = false;

  constructor(
    private readonly clock: Clock,
    /** Learns from the locks, and tells how long they last. */
    readonly brokerClock: BrokerClock = new BrokerClock(clock),
  ) {}

  get size(): number {
    return this.locks.size;
  }

  /** Whether the broker has still to answer a renewal. */
  get isRenewing(): boolean {
    for (const { isRenewing } of this.locks.keys()) if (isRenewing) return true;
    return false;
  }

  add(lock: RenewableLock): void {
    // receiveAndDelete and deferred messages without a lock have nothing to renew.
    if (!lock.lockedUntilUtc) return;
    this.brokerClock.heardEnqueued(lock.enqueuedTimeUtc);
    if (this.plan(lock, lock.lockedUntilUtc) <= 0) this.doubt(lock);
    this.schedule(lock.renewAtMs);
    this.measureAnew();
  }

  /** A message has come under a lock that is kept already, that of its session, and tells what time it is. */
  heardEnqueued(enqueuedTimeUtc: Date | undefined): void {
    this.brokerClock.heardEnqueued(enqueuedTimeUtc);
    this.measureAnew();
  }

  remove(lock: RenewableLock): void {
    this.locks.delete(lock);
    this.endDoubt(lock);
  }

  close(): void {
    this.timer?.cancel();
    this.sweepAtMs = Infinity;
    for (const lock of [...this.locks.keys()]) this.remove(lock);
  }

  /** Renews now: the link of this lock is gone, and the lock may have gone with it. */
  check(lock: RenewableLock): void {
    if (!this.locks.has(lock)) return;
    lock.renewAtMs = this.clock.now();
    this.schedule(lock.renewAtMs);
  }

  /** Returns how much of the lock is left at least, by what is known; nothing of one that was long on its way. */
  private plan(lock: RenewableLock, lockedUntilUtc: Date): number {
    this.brokerClock.heardLocked(lockedUntilUtc);
    this.locks.set(lock, lockedUntilUtc.getTime());
    const nowMs = this.clock.now();
    lock.lockEndsAtMs = Infinity;
    const leftMs = this.measure(lock);
    const lifeMs = Math.max(leftMs, MIN_LOCK_MS);
    // However late it has come, it is tried.
    lock.lockEndsAtMs = Math.max(lock.lockEndsAtMs, nowMs + MIN_LOCK_MS);
    lock.renewAtMs = nowMs + lifeMs * (0.45 + this.clock.random() * 0.1);
    return leftMs;
  }

  /** The broker's clock may have gone back, and the lock may last: only the broker can tell. */
  private doubt(lock: RenewableLock): void {
    lock.inDoubt = new Promise((resolve) => this.doubts.set(lock, resolve));
    lock.renewAtMs = this.clock.now();
    lock.lockEndsAtMs = lock.renewAtMs + DOUBT_MS;
  }

  private endDoubt(lock: RenewableLock): void {
    if (!lock.inDoubt) return;
    lock.inDoubt = undefined;
    this.doubts.get(lock)?.();
    this.doubts.delete(lock);
  }

  private lose(lock: RenewableLock, error?: unknown): void {
    this.locks.delete(lock);
    lock.lose(error);
    this.endDoubt(lock);
  }

  /**
   * Notes when the lock ends, and returns how much of it is left at least. Only the broker's time now says that, and
   * more may be known of it than before. As long as it is not known for sure, the lock counts as one of the shortest,
   * and is not given up before the latest end that it can have.
   */
  private measure(lock: RenewableLock): number {
    const { brokerClock } = this;
    const untilMs = this.locks.get(lock) ?? 0;
    const likelyMs = untilMs - brokerClock.now();
    const isLikely = brokerClock.isSure || likelyMs >= LEAST_OF_SERVICE_BUS_MS;
    const leftMs = Math.min(isLikely ? likelyMs : untilMs - brokerClock.earliest(), MAX_LOCK_MS);
    lock.lockEndsAtMs = Math.min(lock.lockEndsAtMs, this.clock.now() + leftMs);
    if (brokerClock.isSure) return leftMs;
    return Math.min(leftMs, bounded(LEAST_OF_EMULATORS_MS, likelyMs, LEAST_OF_SERVICE_BUS_MS));
  }

  /** Once the time is known for sure, so are the ends of all locks. */
  private measureAnew(): void {
    const { isSure } = this.brokerClock;
    if (isSure === this.wasSure) return;
    this.wasSure = isSure;
    for (const lock of isSure ? this.locks.keys() : []) {
      this.measure(lock);
      this.schedule(lock.lockEndsAtMs);
    }
  }

  private schedule(atMs: number): void {
    if (atMs >= this.sweepAtMs) return;
    this.sweepAtMs = atMs;
    this.timer?.cancel();
    // An empty sweep costs less than a timer started and stopped with every message.
    this.timer = startIdleTimer(this.clock, Math.max(atMs - this.clock.now(), 0), () => this.sweep());
  }

  private sweep(): void {
    this.sweepAtMs = Infinity;
    const now = this.clock.now();
    let nextMs = Infinity;
    for (const lock of this.locks.keys()) {
      if (lock.lockEndsAtMs <= now) {
        this.lose(lock);
        continue;
      }
      if (!lock.isRenewing && lock.renewAtMs <= now + SWEEP_MS) void this.renew(lock);
      // While a renewal is on its way, only the lock's end is still to come.
      nextMs = Math.min(nextMs, lock.isRenewing ? lock.lockEndsAtMs : lock.renewAtMs);
    }
    if (nextMs !== Infinity) this.schedule(nextMs);
  }

  private async renew(lock: RenewableLock): Promise<void> {
    lock.isRenewing = true;
    try {
      const lockedUntilUtc = await lock.renew();
      // Settled meanwhile.
      if (this.locks.has(lock)) {
        this.plan(lock, lockedUntilUtc);
        this.endDoubt(lock);
      }
    } catch (error) {
      this.failed(lock, error);
    } finally {
      lock.isRenewing = false;
    }
    if (this.locks.has(lock)) this.schedule(Math.min(lock.renewAtMs, lock.lockEndsAtMs));
  }

  private failed(lock: RenewableLock, error: unknown): void {
    lock.renewalFailed?.(error);
    if (!this.locks.has(lock)) return;
    if (errorCode(error) === 'MessageLockLost' || errorCode(error) === 'SessionLockLost') {
      return this.lose(lock, error);
    }
    const leftMs = this.measure(lock);
    const retryMs = this.brokerClock.isSure ? RETRY_MS : UNSURE_RETRY_MS;
    const pauseMs = Math.min(retryMs, Math.max(leftMs / 4, SWEEP_MS));
    const throttledMs = throttlePauseMs(error, this.clock.random);
    // A lock that would not last so long is lost for sure if nothing is tried.
    const latestMs = leftMs > LEAST_THROTTLED_LOCK_MS ? leftMs - MIN_LOCK_MS : 0;
    lock.renewAtMs = this.clock.now() + Math.max(pauseMs, Math.min(throttledMs, latestMs));
  }
}

function bounded(leastMs: number, valueMs: number, mostMs: number): number {
  return Math.min(Math.max(valueMs, leastMs), mostMs);
}
