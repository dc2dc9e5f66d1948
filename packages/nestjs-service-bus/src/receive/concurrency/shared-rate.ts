import { type ResolvedRate } from '../../binding/binding.js';
import { type ServiceBusRateStore } from '../../binding/rate-store.js';
import { type Clock } from '../../time/clock.js';
import { type RateHealth } from '../health/consumer-health.js';
import { askRateStore, RateStoreError, STORE_TIMEOUT_MS, TOO_LATE } from './ask-rate-store.js';
import { type Demand, type Rate } from './rate.js';
import { RateAlarm } from './rate-alarm.js';
import { RateLimit } from './rate-limit.js';
import { LEAD_MS } from './rate-limiter.js';
import { type RateStoreState } from '../health/rate-store-state.js';
import { RecentUse } from './recent-use.js';
import { Turns } from './turns.js';

/** Turns are taken so far ahead, and a little further where the store is far away. */
const LEAST_AHEAD_MS = 50;
const MOST_AHEAD_MS = 500;
/** A turn that is further away is left to whoever asks when it is near. */
const MAX_DELAY_MS = LEAD_MS;
/** Whoever was sent away asks again, however wrong the store's clock is. */
const LONGEST_WAIT_MS = 60_000;
/** Many instances are sent away to the same time: none comes sooner than this. */
const SHORTEST_WAIT_MS = 10;
/** Of the messages that are handled in the time in which one may be here, so many are: turns come irregularly. */
const HERE = 0.75;
/** So much of the rate is tried beyond what was used. It is the same for all, and so in time they have the same. */
const GROWTH_MS = 20;

/** A rate that is kept in a store. */
export interface StoredRate extends Omit<ResolvedRate, 'store' | 'key'> {
  readonly store: ServiceBusRateStore;
  readonly key: string;
}

/**
 * Hands out the tokens of a binding whose rate others share. A store gives turns: times at which a message may be handed
 * to its handler. They are taken some ahead, so that handlers need not wait for the store, and only for messages that
 * are here. A turn that is not used is lost; a message without a turn waits. Nothing waits for the store but tokens.
 */
export class SharedRate implements Rate {
  private readonly intervalMs: number;
  private readonly growth: number;
  private readonly turns = new Turns();
  private readonly use: RecentUse;
  private readonly alarm: RateAlarm;
  private readonly demands: (() => Demand)[] = [];
  /** What this process goes on with alone while the store fails. */
  private readonly fallback: RateLimit | undefined;
  /** Tokens that were used before their turns were taken. */
  private debt = 0;
  private roundTripMs = 0;
  /** Turns that a burst had left when the store last answered. */
  private spare = 0;
  private spareUntilMs = -Infinity;
  /** The store is not asked before. */
  private askAtMs = -Infinity;
  /** When the turn was that we did not get. */
  private refusedUntilMs = -Infinity;
  /** Whether the store is asked, or about to be. */
  private asks: 'no' | 'soon' | 'now' = 'no';
  private isClosed = false;

  constructor(
    private readonly rate: StoredRate,
    private readonly clock: Clock,
    private readonly state: RateStoreState,
  ) {
    const nowMs = clock.now();
    const { perSecond, fallbackPerSecond } = rate;
    this.intervalMs = 1_000 / perSecond;
    this.growth = Math.ceil(GROWTH_MS / this.intervalMs);
    this.use = new RecentUse(nowMs);
    this.alarm = new RateAlarm(clock);
    if (fallbackPerSecond !== undefined) {
      this.fallback = new RateLimit({ perSecond: fallbackPerSecond, burst: 1 }, nowMs);
    }
  }

  get isAsking(): boolean {
    return this.asks !== 'no';
  }

  get most(): number {
    return Math.max(Math.floor(this.rate.burst + LEAD_MS / this.intervalMs), 1);
  }

  onDue(listener: () => void): void {
    this.alarm.onDue(listener);
  }

  addDemand(demand: () => Demand): void {
    this.demands.push(demand);
  }

  take(hasWaited: boolean): boolean {
    const nowMs = this.clock.now();
    if (this.debt === 0 && this.turns.take(nowMs)) {
      this.use.note(1, nowMs);
      this.fallback?.take(nowMs, false);
      this.planToAsk();
      return true;
    }
    return this.goesOnAlone && this.fallback?.take(nowMs, hasWaited) === true;
  }

  charge(count: number): void {
    const nowMs = this.clock.now();
    if (this.goesOnAlone) return this.fallback?.charge(count);
    this.use.note(count, nowMs);
    if (count < 0) return this.turns.putBack(nowMs);
    this.debt += count - this.turns.takeAny(count);
    this.planToAsk();
  }

  wakeForToken(): void {
    const nowMs = this.clock.now();
    const { nextMs } = this.turns;
    if (nextMs !== undefined && this.debt === 0) this.alarm.wakeIn(Math.max(Math.ceil(nextMs - nowMs), 0));
    if (this.goesOnAlone) this.alarm.wakeIn(this.fallback?.waitMs(1, nowMs) ?? Infinity);
    this.planToAsk();
  }

  roomBeside(waiting: number): number {
    const nowMs = this.clock.now();
    const room = this.expected(nowMs) - waiting;
    if (room > 0) return room;
    if (nowMs < this.askAtMs) this.alarm.wakeIn(this.askAtMs - nowMs);
    return 0;
  }

  health(waiting: number): RateHealth {
    const { perSecond, key } = this.rate;
    const { error } = this.state;
    return {
      perSecond,
      waiting,
      nextTokenInMs: this.nextTokenInMs,
      key,
      ...(error && { storeError: error }),
    };
  }

  close(): void {
    this.isClosed = true;
    this.alarm.close();
  }

  private get goesOnAlone(): boolean {
    return this.fallback !== undefined && this.state.error !== undefined;
  }

  private get nextTokenInMs(): number {
    const nowMs = this.clock.now();
    if (this.goesOnAlone) return this.fallback?.waitMs(1, nowMs) ?? 0;
    const nextMs = this.state.error ? this.askAtMs : (this.turns.nextMs ?? this.refusedUntilMs);
    return Math.ceil(Math.max(nextMs - nowMs, 0));
  }

  /** Messages whose turn may come within a second, as far as can be told from those before. */
  private expected(nowMs: number): number {
    if (this.state.error && this.fallback) {
      return this.fallback.countWith(this.fallback.tokensIn(LEAD_MS), nowMs);
    }
    const near = this.turns.countUntil(nowMs + LEAD_MS);
    if (nowMs < this.askAtMs && !this.state.error) return near;
    const spare = nowMs < this.spareUntilMs ? this.spare : 0;
    const usual = Math.floor(this.use.perMs(nowMs) * LEAD_MS * HERE) + this.growth;
    return Math.min(Math.max(usual, near, spare), this.most);
  }

  /** Of all that happens at once, one question is made. */
  private planToAsk(): void {
    if (this.asks !== 'no' || this.isClosed) return;
    this.asks = 'soon';
    queueMicrotask(() => {
      this.asks = 'no';
      this.ask();
    });
  }

  private ask(): void {
    if (this.isClosed) return;
    const nowMs = this.clock.now();
    const count = this.countToAsk(nowMs);
    if (count === 0) return;
    if (nowMs < this.askAtMs) return this.alarm.wakeIn(this.askAtMs - nowMs);
    this.asks = 'now';
    void this.reserve(count, nowMs).finally(() => {
      this.asks = 'no';
      this.alarm.wake();
      this.planToAsk();
    });
  }

  /** How many turns are worth asking for now. */
  private countToAsk(nowMs: number): number {
    this.turns.expire(nowMs);
    const inHand = this.turns.count;
    const soon = this.use.perMs(nowMs) * this.aheadMs;
    let [startable, behind, next] = [0, 0, 1];
    for (const demand of this.demands) {
      const one = demand();
      startable += one.startable;
      behind += one.behind;
      next = Math.max(next, one.next);
    }
    // Of those that wait for a handler, as many as handlers usually take in the time.
    const wanted = startable + Math.min(behind, Math.floor(soon));
    const spare = nowMs < this.spareUntilMs ? this.spare : 0;
    const ahead = Math.max(Math.floor(soon) + this.growth, next, spare);
    // Not for each turn that is used.
    if (inHand > ahead / 2) return this.debt;
    return this.debt + Math.max(Math.min(wanted, ahead) - inHand, 0);
  }

  private async reserve(count: number, askedAtMs: number): Promise<void> {
    const { store, key, burst } = this.rate;
    const { intervalMs } = this;
    const reservation = { key, count, intervalMs, burst, maxDelayMs: MAX_DELAY_MS };
    try {
      const delayMs = await askRateStore(store, reservation);
      if (this.isClosed) return;
      const nowMs = this.clock.now();
      // A process that was held up hears of it before its timers do.
      if (nowMs - askedAtMs > STORE_TIMEOUT_MS) throw new RateStoreError(TOO_LATE);
      this.roundTripMs += (nowMs - askedAtMs - this.roundTripMs) / 4;
      this.state.answered();
      if (delayMs > MAX_DELAY_MS) this.refused(delayMs, nowMs);
      else this.granted(Math.max(delayMs, (1 - burst) * intervalMs), count, nowMs);
    } catch (error) {
      if (!this.isClosed) this.askAtMs = this.clock.now() + this.state.failed(error);
    }
  }

  private granted(delayMs: number, count: number, nowMs: number): void {
    const { turns, intervalMs } = this;
    this.askAtMs = this.refusedUntilMs = -Infinity;
    turns.add(nowMs + delayMs, intervalMs, count, nowMs);
    this.debt -= turns.takeAny(this.debt);
    this.spare = Math.max(Math.floor(-delayMs / intervalMs) + 1 - count, 0);
    this.spareUntilMs = nowMs + LEAST_AHEAD_MS;
  }

  private refused(delayMs: number, nowMs: number): void {
    this.refusedUntilMs = nowMs + delayMs;
    const waitMs = Math.min(delayMs - MAX_DELAY_MS, LONGEST_WAIT_MS);
    this.askAtMs = nowMs + Math.max(Math.ceil(waitMs), SHORTEST_WAIT_MS);
  }

  private get aheadMs(): number {
    return Math.min(Math.max(2 * this.roundTripMs + LEAST_AHEAD_MS, LEAST_AHEAD_MS), MOST_AHEAD_MS);
  }
}
