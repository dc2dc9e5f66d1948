import { type ResolvedRate } from '../../binding/binding.js';
import { type Clock } from '../../time/clock.js';
import { type RateHealth } from '../health/consumer-health.js';
import { type Rate } from './rate.js';
import { RateAlarm } from './rate-alarm.js';
import { RateLimit } from './rate-limit.js';

/**
 * A message may be here so long before its token: longer than its way takes, and too short to keep it from another
 * instance.
 */
export const LEAD_MS = 1_000;

/** Hands out the tokens of a binding whose rate is this process's. One timer serves all who wait for one. */
export class RateLimiter implements Rate {
  readonly isAsking = false;
  private readonly law: RateLimit;
  private readonly alarm: RateAlarm;

  constructor(
    rate: Pick<ResolvedRate, 'perSecond' | 'burst'>,
    private readonly clock: Clock,
  ) {
    this.law = new RateLimit(rate, clock.now());
    this.alarm = new RateAlarm(clock);
  }

  get most(): number {
    return Math.max(Math.floor(this.law.burst + this.lead), 1);
  }

  onDue(listener: () => void): void {
    this.alarm.onDue(listener);
  }

  // Tokens come by themselves, whether anybody needs them or not.
  addDemand(): void {}

  take(hasWaited: boolean): boolean {
    return this.law.take(this.clock.now(), hasWaited);
  }

  charge(count: number): void {
    this.law.charge(count);
  }

  wakeForToken(): void {
    this.alarm.wakeIn(this.nextTokenInMs);
  }

  roomBeside(waiting: number): number {
    const nowMs = this.clock.now();
    const room = this.law.countWith(this.lead, nowMs) - waiting;
    if (room > 0) return room;
    this.alarm.wakeIn(this.law.waitMs(waiting + 1 - this.lead, nowMs));
    return 0;
  }

  health(waiting: number): RateHealth {
    return { perSecond: this.law.perSecond, waiting, nextTokenInMs: this.nextTokenInMs };
  }

  close(): void {
    this.alarm.close();
  }

  /** Milliseconds until there is a token; 0 while there is one. */
  private get nextTokenInMs(): number {
    return this.law.waitMs(1, this.clock.now());
  }

  private get lead(): number {
    return this.law.tokensIn(LEAD_MS);
  }
}
