import { errorCode } from '../../../src/sdk/error-code.js';
import { type BrokerClock } from '../../../src/time/broker-clock.js';
import { type Clock } from '../../../src/time/clock.js';
import { type LockWatch } from '../broker/lock-watch.js';

/** The runtime limits a lock's remaining time to this range, whatever the broker's clock says. */
const MIN_LOCK_MS = 200;
const MAX_LOCK_MS = 5 * 60_000;

/** What a process can know of its locks: when they end on its own clock, and which ones were reported lost. */
export class LockBook implements LockWatch {
  private readonly endsAtMs = new Map<string, number>();

  constructor(
    private readonly clock: Clock,
    private readonly brokerClock: BrokerClock,
    readonly completing: LockWatch['completing'],
  ) {}

  held(lock: string, lockedUntilMs: number): void {
    const latestMs = lockedUntilMs - this.brokerClock.earliest();
    const leftMs = Math.min(Math.max(latestMs, MIN_LOCK_MS), MAX_LOCK_MS);
    this.endsAtMs.set(lock, this.clock.now() + leftMs);
  }

  refused(lock: string, error: unknown): void {
    const code = errorCode(error);
    if (code !== 'MessageLockLost' && code !== 'SessionLockLost') return;
    this.endsAtMs.set(lock, Math.min(this.endsAtMs.get(lock) ?? Infinity, this.clock.now()));
  }

  /** How long the process has been able to know that the lock is lost; negative while it is held. */
  lostForMs(lock: string): number {
    return this.clock.now() - (this.endsAtMs.get(lock) ?? -Infinity);
  }
}
