import {
  type RateReservation,
  type RateTurns,
  type ServiceBusRateStore,
} from '../../../src/binding/rate-store.js';
import { type Random } from '../world/random.js';
import { type VirtualTime, WORLD } from '../world/virtual-time.js';

/** What goes wrong with a store. */
export type StoreFault = 'fails' | 'throws' | 'hangs' | 'slow' | 'lost-answers' | 'rubbish';

const RUBBISH: [unknown, ...unknown[]] = [
  undefined,
  null,
  'soon',
  {},
  { delayMs: Number.NaN },
  { delayMs: Infinity },
  { delayMs: -Infinity },
  { delayMs: '5' },
];

/** A store of rates at some distance: what it is asked takes a time to reach it, and so does its answer. */
export class SimulatedRateStore implements ServiceBusRateStore {
  fault: StoreFault | undefined;
  questions = 0;
  /** Of the turns that it has given. */
  given = 0;
  private freeAtMs = 0;

  constructor(
    private readonly time: VirtualTime,
    private readonly random: Random,
    private readonly latencyMs: readonly [number, number],
  ) {}

  reserve(reservation: RateReservation): Promise<RateTurns> {
    this.questions++;
    const { fault } = this;
    if (fault === 'throws') throw new Error('the store is away');
    return new Promise((resolve, reject) => {
      const { owner } = this.time;
      // The store goes on without whoever has asked.
      this.time.after(
        this.way(),
        () => {
          if (fault === 'hangs') return;
          if (fault === 'fails') {
            this.time.after(this.way(), () => reject(new Error('the store is away')), owner);
            return;
          }
          const answer = fault === 'rubbish' ? this.random.pick(RUBBISH) : this.take(reservation);
          if (fault === 'lost-answers') return;
          this.time.after(this.way(), () => resolve(answer as RateTurns), owner);
        },
        WORLD,
      );
    });
  }

  private take({ count, intervalMs, burst, maxDelayMs }: RateReservation): RateTurns {
    const { nowMs } = this.time;
    const baseMs = Math.max(this.freeAtMs, nowMs);
    const delayMs = baseMs - (burst - 1) * intervalMs - nowMs;
    if (delayMs <= maxDelayMs) {
      this.freeAtMs = baseMs + count * intervalMs;
      this.given += count;
    }
    return { delayMs };
  }

  private way(): number {
    const [least, most] = this.latencyMs;
    const wayMs = this.random.between(least, most) / 2;
    return this.fault === 'slow' ? wayMs + this.random.between(0, 450) : wayMs;
  }
}
