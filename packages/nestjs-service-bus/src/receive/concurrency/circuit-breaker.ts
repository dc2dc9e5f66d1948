import { type Clock, type Timer } from '../../time/clock.js';
import { startTimer } from '../../time/timer.js';
import { type CircuitBreakerPolicy } from '../../binding/circuit-breaker-policy.js';
import { type CircuitState } from '../health/consumer-health.js';
import { type Slots } from './slots.js';

/**
 * Pauses a binding whose handler fails too often by taking its slots away. Waiting messages keep their locks and
 * lose no attempt. After the pause the breaker tries one message at a time: a success closes the circuit again, a
 * failure starts another pause.
 */
export class CircuitBreaker {
  state: CircuitState = 'closed';
  private ended = 0;
  private failed = 0;
  private windowEndsAtMs = -Infinity;
  private timer?: Timer;
  /** Counts changes of state: an attempt from an earlier generation says nothing about the present state. */
  private generation = 0;
  /** While half-open: attempts from earlier generations that are still in work. */
  private earlierInWork = 0;
  private isClosing = false;

  constructor(
    private readonly policy: CircuitBreakerPolicy,
    private readonly slots: Slots,
    private readonly clock: Clock,
    private readonly changed: (state: CircuitState) => void,
  ) {}

  /** Notes the start of an attempt. Pass the returned generation to `end` and `beforeRelease`. */
  begin(): number {
    return this.generation;
  }

  end(generation: number, isFailure: boolean): void {
    if (generation !== this.generation || this.isClosing) return;
    // It got its slot just before the pause. A second pause would outlast the first and cut into half-open.
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

  /** To be called before an attempt's slot is released: the slot of an earlier generation must not be reused. */
  beforeRelease(generation: number): void {
    if (this.state === 'half-open' && generation !== this.generation)
      this.slots.restrict(1 + --this.earlierInWork);
  }

  close(): void {
    this.isClosing = true;
    this.timer?.cancel();
  }

  private pause(): void {
    this.transitionTo('open', 0);
    this.timer?.cancel();
    this.timer = startTimer(this.clock, this.policy.pauseMs, () => this.tryOne());
  }

  /** Allows one more than the attempts still in work: those may never end, and neither may the one being tried. */
  private tryOne(): void {
    this.earlierInWork = this.slots.inUse;
    if (this.state === 'half-open') this.slots.restrict(1 + this.earlierInWork);
    else this.transitionTo('half-open', 1 + this.earlierInWork);
    this.timer = startTimer(this.clock, this.policy.pauseMs, () => this.tryOne());
  }

  private resume(): void {
    this.timer?.cancel();
    this.windowEndsAtMs = -Infinity;
    this.transitionTo('closed', Infinity);
  }

  private transitionTo(state: CircuitState, ceiling: number): void {
    this.generation++;
    this.state = state;
    this.changed(state);
    this.slots.restrict(ceiling);
  }
}
