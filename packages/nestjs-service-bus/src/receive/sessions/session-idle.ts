import { type Clock } from '../../time/clock.js';

/** A session in our hands, as far as its idleness goes. */
export interface IdleSession {
  readonly isClosed: boolean;
  readonly isBusy: boolean;
  /** Whether a message of it waits at the broker. */
  hasWaiting(): Promise<boolean>;
  /** Lets the session go, for somebody to accept it anew. */
  release(): Promise<void>;
  lose(): void;
}

/**
 * Lets a session go that has brought no message for long, and one whose receiver has fallen silent although
 * messages wait: no other receiver can have those.
 */
export class SessionIdle {
  private sinceMs: number;
  private timer?: NodeJS.Timeout;
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
    this.wait(0);
  }

  /** A message is done with: the time begins anew. */
  touch(): void {
    this.sinceMs = this.clock.now();
  }

  close(): void {
    this.isClosed = true;
    clearTimeout(this.timer);
  }

  private wait(idleMs: number): void {
    const leftMs = Math.min(this.idleTimeoutMs - idleMs, this.silenceMs);
    this.timer = setTimeout(() => void this.check(), leftMs);
  }

  private async check(): Promise<void> {
    const { session } = this;
    if (session.isClosed) return session.lose();
    if (session.isBusy) return this.wait(0);
    const idleMs = this.clock.now() - this.sinceMs;
    if (idleMs >= this.idleTimeoutMs) return session.release();
    const isSilent = idleMs >= this.silenceMs && (await session.hasWaiting());
    if (this.isClosed) return;
    if (isSilent && !session.isBusy) return session.release();
    this.wait(idleMs);
  }
}
