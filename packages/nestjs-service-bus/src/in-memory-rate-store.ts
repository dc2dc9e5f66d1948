import { Inject, Injectable, Optional } from '@nestjs/common';

import { type RateReservation, type RateTurns, type ServiceBusRateStore } from './binding/rate-store.js';
import { type Clock, CLOCK, SYSTEM_CLOCK } from './time/clock.js';

/**
 * Shares a rate within one process: several bindings that call the same service, and tests. Every application has one,
 * by this class as the token; in a testbed it is on the clock that the test moves.
 */
@Injectable()
export class InMemoryRateStore implements ServiceBusRateStore {
  private readonly freeAtMs = new Map<string, number>();

  /** @internal */
  constructor(@Optional() @Inject(CLOCK) private readonly clock: Clock = SYSTEM_CLOCK) {}

  /** Never rejects. */
  reserve({ key, count, intervalMs, burst, maxDelayMs }: RateReservation): Promise<RateTurns> {
    const nowMs = this.clock.now();
    const baseMs = Math.max(this.freeAtMs.get(key) ?? 0, nowMs);
    const delayMs = baseMs - (burst - 1) * intervalMs - nowMs;
    if (delayMs <= maxDelayMs) this.freeAtMs.set(key, baseMs + count * intervalMs);
    return Promise.resolve({ delayMs });
  }
}
