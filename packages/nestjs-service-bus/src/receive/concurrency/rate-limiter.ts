import { type RateOptions } from '../../binding/binding.js';
import { type Clock, type Timer } from '../../time/clock.js';
import { startTimer } from '../../time/timer.js';
import { RateLimit } from './rate-limit.js';

/**
 * A message may be here so long before its token: longer than its way takes, and too short to keep it from another
 * instance.
 */
export const LEAD_MS = 1_000;
/** Node fires timers that are set for longer at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Hands out the tokens of a binding with a rate. One timer serves all who wait for one. */
export class RateLimiter {
  private readonly law: RateLimit;
  private readonly listeners: (() => void)[] = [];
  private timer?: Timer | undefined;
  private wakeAtMs = Infinity;
  private isClosed = false;

  constructor(
    rate: Required<RateOptions>,
    private readonly clock: Clock,
  ) {
    this.law = new RateLimit(rate, clock.now());
  }

  get perSecond(): number {
    return this.law.perSecond;
  }

  /** Milliseconds until there is a token; 0 while there is one. */
  get nextTokenInMs(): number {
    return this.law.waitMs(1, this.clock.now());
  }

  /** Messages that are worth having here at most, before their handlers begin. */
  get most(): number {
    return Math.max(Math.floor(this.law.burst + this.lead), 1);
  }

  /** Calls back when what somebody was to be woken for may be there. */
  onDue(listener: () => void): void {
    this.listeners.push(listener);
  }

  /** Takes a token if there is one. */
  take(hasWaited: boolean): boolean {
    return this.law.take(this.clock.now(), hasWaited);
  }

  /** Takes tokens whether they are there or not; below 0, gives them back. */
  charge(count: number): void {
    this.law.charge(count);
  }

  /** Wakes all when the next token is due. */
  wakeForToken(): void {
    this.wakeIn(this.nextTokenInMs);
  }

  /** How many messages may come beside those that wait here; where it is none, wakes all when it is one. */
  roomBeside(waiting: number): number {
    const nowMs = this.clock.now();
    const room = this.law.countWith(this.lead, nowMs) - waiting;
    if (room > 0) return room;
    this.wakeIn(this.law.waitMs(waiting + 1 - this.lead, nowMs));
    return 0;
  }

  /** Wakes nobody any more. */
  close(): void {
    this.isClosed = true;
    this.timer?.cancel();
  }

  private get lead(): number {
    return this.law.tokensIn(LEAD_MS);
  }

  private wakeIn(delayMs: number): void {
    const atMs = this.clock.now() + delayMs;
    if (this.isClosed || atMs >= this.wakeAtMs) return;
    this.timer?.cancel();
    this.wakeAtMs = atMs;
    this.timer = startTimer(this.clock, Math.min(delayMs, MAX_TIMER_MS), () => this.wake());
  }

  private wake(): void {
    this.timer = undefined;
    this.wakeAtMs = Infinity;
    const listeners = [...this.listeners];
    // Of several that wait for the same tokens, another one is the first next time.
    this.listeners.push(...this.listeners.splice(0, 1));
    for (const listener of listeners) listener();
  }
}
