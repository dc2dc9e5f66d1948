import { brokerErrorCode } from './broker-error-code.js';
import { type ReceivedMessage } from './received-message.js';

const MIN_LOCK_MS = 200;
const MAX_LOCK_MS = 5 * 60_000;
const RETRY_MS = 1_000;

/**
 * Renews the locks of its messages at half their duration, until it is stopped; a renewal that fails is retried
 * until the lock expires. The SDK's own renewal goes by message id, which two messages may share.
 */
export class LockKeeper {
  private readonly timers = new Map<ReceivedMessage, NodeJS.Timeout>();

  constructor(
    private readonly renew: (message: ReceivedMessage) => Promise<Date>,
    private readonly onLost: (message: ReceivedMessage) => void,
  ) {}

  keep(message: ReceivedMessage): void {
    if (message.lockedUntilUtc) this.plan(message, message.lockedUntilUtc);
  }

  stop(): void {
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
  }

  private plan(message: ReceivedMessage, lockedUntil: Date): void {
    // The expiry is by the broker's clock, the time left by ours: bound it against skew and wrong dates.
    const leftMs = Math.min(Math.max(lockedUntil.getTime() - Date.now(), MIN_LOCK_MS), MAX_LOCK_MS);
    this.renewIn(leftMs / 2, message, performance.now() + leftMs);
  }

  private renewIn(delayMs: number, message: ReceivedMessage, endsAtMs: number): void {
    const timer = setTimeout(() => void this.renewNow(message, endsAtMs), delayMs);
    this.timers.set(message, timer);
  }

  private async renewNow(message: ReceivedMessage, endsAtMs: number): Promise<void> {
    let lockedUntil: Date | undefined;
    let isLost = false;
    try {
      lockedUntil = await this.renew(message);
    } catch (error) {
      isLost = brokerErrorCode(error) === 'MessageLockLost' || performance.now() >= endsAtMs;
    }
    if (!this.timers.has(message)) return;
    if (lockedUntil) this.plan(message, lockedUntil);
    else if (isLost) this.lose(message);
    else this.renewIn(RETRY_MS, message, endsAtMs);
  }

  private lose(message: ReceivedMessage): void {
    this.timers.delete(message);
    this.onLost(message);
  }
}
