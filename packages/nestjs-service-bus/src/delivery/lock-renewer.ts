import { errorCode } from '../sdk/index.js';
import { type Clock } from '../time/clock.js';

/** A lock that the renewer keeps alive; it writes its plan into the last three fields. */
export interface RenewableLock {
  readonly lockedUntilUtc: Date | undefined;
  renew(): Promise<Date>;
  lose(cause?: unknown): void;
  /** Told of each renewal that fails, also when it is tried again. */
  renewalFailed?(error: unknown): void;
  renewAtMs: number;
  lockEndsAtMs: number;
  isRenewing: boolean;
}

const MAX_LOCK_MS = 5 * 60_000;
const MIN_LOCK_MS = 200;
/** Renewals that fall due within this time go out together: one timer, one sweep. */
const SWEEP_MS = 20;
const RETRY_MS = 1_000;

/**
 * Keeps the locks of all messages in work alive, each renewed at half its life ± 10 %, with one timer for all.
 * A failed renewal is tried again until the lock's end; then, or when the broker says so, the lock is lost.
 * Keyed by the delivery, not by message id as the SDK's own (two messages may share an id, or have none).
 */
export class LockRenewer {
  private readonly locks = new Set<RenewableLock>();
  private timer?: NodeJS.Timeout;
  private sweepAtMs = Infinity;

  constructor(private readonly clock: Clock) {}

  get size(): number {
    return this.locks.size;
  }

  add(lock: RenewableLock): void {
    // receiveAndDelete and deferred messages without a lock have nothing to renew.
    if (!lock.lockedUntilUtc) return;
    this.locks.add(lock);
    this.plan(lock, lock.lockedUntilUtc);
    this.schedule(lock.renewAtMs);
  }

  remove(lock: RenewableLock): void {
    this.locks.delete(lock);
  }

  close(): void {
    clearTimeout(this.timer);
    this.sweepAtMs = Infinity;
    this.locks.clear();
  }

  /** Renews now: the link of this lock is gone, and the lock may have gone with it. */
  check(lock: RenewableLock): void {
    if (!this.locks.has(lock)) return;
    lock.renewAtMs = this.clock.now();
    this.schedule(lock.renewAtMs);
  }

  private plan(lock: RenewableLock, lockedUntilUtc: Date): void {
    // The broker's clock tells the end and ours the time left: a skew must neither hurry nor starve the lock.
    const leftMs = Math.min(
      Math.max(lockedUntilUtc.getTime() - this.clock.wallTime(), MIN_LOCK_MS),
      MAX_LOCK_MS,
    );
    const now = this.clock.now();
    lock.lockEndsAtMs = now + leftMs;
    lock.renewAtMs = now + leftMs * (0.45 + this.clock.random() * 0.1);
  }

  private schedule(atMs: number): void {
    if (atMs >= this.sweepAtMs) return;
    this.sweepAtMs = atMs;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.sweep(), Math.max(atMs - this.clock.now(), 0));
    // An empty sweep costs less than a timer started and stopped with every message.
    this.timer.unref();
  }

  private sweep(): void {
    this.sweepAtMs = Infinity;
    const now = this.clock.now();
    let nextMs = Infinity;
    for (const lock of this.locks) {
      if (lock.lockEndsAtMs <= now) {
        this.locks.delete(lock);
        lock.lose();
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
      this.plan(lock, lockedUntilUtc);
    } catch (error) {
      lock.renewalFailed?.(error);
      if (errorCode(error) === 'MessageLockLost' || errorCode(error) === 'SessionLockLost') {
        if (this.locks.delete(lock)) lock.lose(error);
      }
      const leftMs = lock.lockEndsAtMs - this.clock.now();
      lock.renewAtMs = this.clock.now() + Math.min(RETRY_MS, Math.max(leftMs / 4, SWEEP_MS));
    } finally {
      lock.isRenewing = false;
    }
    if (this.locks.has(lock)) this.schedule(Math.min(lock.renewAtMs, lock.lockEndsAtMs));
  }
}
