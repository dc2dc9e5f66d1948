import { errorCode } from '../../../src/sdk/error-code.js';
import { type BrokerClock } from '../../../src/time/broker-clock.js';
import { type Clock } from '../../../src/time/clock.js';
import { type LockWatch } from '../broker/lock-watch.js';

/** What a process can know of its locks: when they end on its own clock, and which ones were reported lost. */
export class LockBook implements LockWatch {
  /** By the broker's clock. */
  private readonly untilMs = new Map<string, number>();
  /** By our clock. */
  private readonly sinceMs = new Map<string, number>();
  private readonly refusedAtMs = new Map<string, number>();
  private readonly settledAtMs = new Map<string, number>();

  constructor(
    private readonly clock: Clock,
    private readonly brokerClock: BrokerClock,
    readonly completing: LockWatch['completing'],
    readonly leaving: LockWatch['leaving'],
  ) {}

  held(lock: string, lockedUntilMs: number): void {
    this.untilMs.set(lock, lockedUntilMs);
    if (!this.sinceMs.has(lock)) this.sinceMs.set(lock, this.clock.now());
  }

  /** For how long the process has held the lock; 0 if it never did. */
  heldForMs(lock: string): number {
    const now = this.clock.now();
    return now - (this.sinceMs.get(lock) ?? now);
  }

  settled(lockToken: string): void {
    this.settledAtMs.set(lockToken, this.clock.now());
  }

  /** For how long the process has known that the broker has settled it. */
  settledForMs(lockToken: string): number {
    return this.clock.now() - (this.settledAtMs.get(lockToken) ?? Infinity);
  }

  refused(lock: string, error: unknown): void {
    const code = errorCode(error);
    if (code !== 'MessageLockLost' && code !== 'SessionLockLost') return;
    if (!this.refusedAtMs.has(lock)) this.refusedAtMs.set(lock, this.clock.now());
  }

  /** How long the process has been able to know that the lock is lost; negative while it is held. */
  lostForMs(lock: string): number {
    const refusedForMs = this.clock.now() - (this.refusedAtMs.get(lock) ?? Infinity);
    // Whoever cannot be sure what time it is for the broker waits for its refusal.
    if (!this.brokerClock.isSure) return refusedForMs;
    const overForMs = this.brokerClock.now() - (this.untilMs.get(lock) ?? Infinity);
    return Math.max(refusedForMs, overForMs);
  }
}
