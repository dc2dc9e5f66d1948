import { type Clock, type Timer } from '../../time/clock.js';
import { startTimer } from '../../time/timer.js';

/** A held session, as its idle timer sees it. */
export interface IdleSession {
  readonly isClosed: boolean;
  readonly isBusy: boolean;
  /** Whether one of its messages waits at the broker. */
  hasWaitingMessages(): Promise<boolean>;
  /** Releases the session, so that it can be accepted again. */
  release(): Promise<void>;
  lose(): void;
}

/**
 * Releases a session that has had no message for the idle timeout, and one whose receiver has fallen silent although
 * messages wait: no other receiver can get those.
 */
export class SessionIdleTimer {
  private sinceMs: number;
  private timer?: Timer;
  private isClosed = false;

  constructor(
    private readonly session: IdleSession,
    private readonly idleTimeoutMs: number,
    private readonly silenceMs: number,
    private readonly clock: Clock,
  ) {
    this.sinceMs = clock.now();
  }

  start(): void {
    this.schedule(0);
  }

  /** A message has ended: restarts the idle time. */
  touch(): void {
    this.sinceMs = this.clock.now();
  }

  close(): void {
    this.isClosed = true;
    this.timer?.cancel();
  }

  private schedule(idleMs: number): void {
    const leftMs = Math.min(this.idleTimeoutMs - idleMs, this.silenceMs);
    this.timer = startTimer(this.clock, leftMs, () => void this.check());
  }

  private async check(): Promise<void> {
    const { session } = this;
    if (session.isClosed) return session.lose();
    if (session.isBusy) return this.schedule(0);
    const idleMs = this.clock.now() - this.sinceMs;
    if (idleMs >= this.idleTimeoutMs) return session.release();
    const isSilent = idleMs >= this.silenceMs && (await session.hasWaitingMessages());
    if (this.isClosed) return;
    if (isSilent && !session.isBusy) return session.release();
    this.schedule(idleMs);
  }
}
