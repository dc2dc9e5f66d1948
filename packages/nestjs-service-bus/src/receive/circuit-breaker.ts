import { type Clock } from './clock.js';
import { type Slots } from './slots.js';

/** When a binding pauses because too many of its messages fail. */
export interface CircuitBreakerPolicy {
  /** Attempts that must have ended before their failures say anything. Default 20. */
  readonly minMessages: number;
  /** The share of failed attempts from which on the binding pauses, above 0, to 1. Default 0.15. */
  readonly failureRatio: number;
  /** Attempts are counted over this time. Default 60,000. */
  readonly windowMs: number;
  /** How long the binding takes up no message. Default 60,000. */
  readonly pauseMs: number;
}

export const DEFAULT_CIRCUIT_BREAKER_POLICY: CircuitBreakerPolicy = {
  minMessages: 20,
  failureRatio: 0.15,
  windowMs: 60_000,
  pauseMs: 60_000,
};

/** Closed: messages flow. Open: the binding pauses. Half-open: one message at a time is tried. */
export type CircuitState = 'closed' | 'open' | 'half-open';

/**
 * Pauses a binding whose handler fails too often, by taking its slots away: messages that wait keep their locks,
 * and no attempt of theirs is spent. After the pause one message at a time is tried: a success opens the binding
 * fully again, a failure pauses it once more.
 */
export class CircuitBreaker {
  state: CircuitState = 'closed';
  private ended = 0;
  private failed = 0;
  private windowEndsAtMs = -Infinity;
  private timer?: NodeJS.Timeout;
  /** Rises with each change of state: attempts of an earlier state say nothing about this one. */
  private era = 0;
  /** Attempts of earlier states that are in work still, while half-open. */
  private earlier = 0;
  private isClosing = false;

  constructor(
    private readonly policy: CircuitBreakerPolicy,
    private readonly slots: Slots,
    private readonly clock: Clock,
    private readonly changed: (state: CircuitState) => void,
  ) {}

  /** An attempt begins; `end` wants the number back. */
  begun(): number {
    return this.era;
  }

  end(era: number, isFailure: boolean): void {
    if (era !== this.era || this.isClosing) return;
    // It had its slot in the moment before the pause: another pause on top would end in the middle of what follows.
    if (this.state === 'open') return;
    if (this.state === 'half-open') return isFailure ? this.pause() : this.resume();
    const now = this.clock.now();
    if (now >= this.windowEndsAtMs) {
      this.windowEndsAtMs = now + this.policy.windowMs;
      this.ended = this.failed = 0;
    }
    this.ended++;
    if (!isFailure) return;
    this.failed++;
    const { minMessages, failureRatio } = this.policy;
    if (this.ended >= minMessages && this.failed / this.ended >= failureRatio) this.pause();
  }

  /** An attempt's slot is about to be given back: one of an earlier state leaves none to the present one. */
  over(era: number): void {
    if (this.state === 'half-open' && era !== this.era) this.slots.restrict(1 + --this.earlier);
  }

  close(): void {
    this.isClosing = true;
    clearTimeout(this.timer);
  }

  private pause(): void {
    this.become('open', 0);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.tryOne(), this.policy.pauseMs);
  }

  /** Besides those that are in work since before: they may go on for ever, and so may the one that is tried. */
  private tryOne(): void {
    this.earlier = this.slots.inUse;
    if (this.state === 'half-open') this.slots.restrict(1 + this.earlier);
    else this.become('half-open', 1 + this.earlier);
    this.timer = setTimeout(() => this.tryOne(), this.policy.pauseMs);
  }

  private resume(): void {
    clearTimeout(this.timer);
    this.windowEndsAtMs = -Infinity;
    this.become('closed', Infinity);
  }

  private become(state: CircuitState, ceiling: number): void {
    this.era++;
    this.state = state;
    this.changed(state);
    this.slots.restrict(ceiling);
  }
}
