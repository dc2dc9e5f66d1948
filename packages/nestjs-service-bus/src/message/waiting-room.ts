import { type Clock, type Timer } from '../time/clock.js';
import { startTimer } from '../time/timer.js';
import { type Delivery } from '../delivery/delivery.js';

/** More than this many wait with a handler's slot in their hand, so that memory stays bounded. */
const MAX_WAITING = 1_000;
/** Node fires timers that are set for longer at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** What happens to a delivery whose wait is over. */
export type Leave = (delivery: Delivery) => Promise<void>;

/**
 * Messages between two attempts: their locks are kept, and they take no handler's slot. One timer serves them
 * all. A drain sends everybody away at once, and whoever has lost its lock goes at once: it comes again anyway.
 */
export class WaitingRoom {
  private readonly waiting = new Map<Delivery, number>();
  private readonly refused: (() => void)[] = [];
  private timer?: Timer;
  private wakeAtMs = Infinity;
  private isClosed = false;

  constructor(
    private readonly clock: Clock,
    private readonly leave: Leave,
  ) {}

  get size(): number {
    return this.waiting.size;
  }

  has(delivery: Delivery): boolean {
    return this.waiting.has(delivery);
  }

  /** Resolves as soon as the delivery has a place, not when its wait is over. */
  async enter(delivery: Delivery, delayMs: number): Promise<void> {
    while (this.waiting.size >= MAX_WAITING && !this.isClosed) {
      await new Promise<void>((resolve) => this.refused.push(resolve));
    }
    const isToWait = !this.isClosed && delivery.state === 'open';
    const atMs = this.clock.now() + (isToWait ? delayMs : 0);
    this.waiting.set(delivery, atMs);
    delivery.onLost = () => this.release(delivery);
    this.schedule(atMs);
  }

  /** Ends all waits at once, also those that are still to begin. */
  close(): void {
    this.isClosed = true;
    for (const delivery of this.waiting.keys()) this.waiting.set(delivery, 0);
    for (const admit of this.refused.splice(0)) admit();
    this.schedule(0);
  }

  private schedule(atMs: number): void {
    if (atMs >= this.wakeAtMs) return;
    this.wakeAtMs = atMs;
    this.timer?.cancel();
    const delayMs = Math.min(Math.max(atMs - this.clock.now(), 0), MAX_TIMER_MS);
    this.timer = startTimer(this.clock, delayMs, () => this.wake());
  }

  private wake(): void {
    this.wakeAtMs = Infinity;
    const now = this.clock.now();
    let nextMs = Infinity;
    for (const [delivery, atMs] of this.waiting) {
      if (atMs > now) {
        nextMs = Math.min(nextMs, atMs);
        continue;
      }
      this.release(delivery);
    }
    if (nextMs !== Infinity) this.schedule(nextMs);
  }

  private release(delivery: Delivery): void {
    delivery.onLost = undefined;
    this.waiting.delete(delivery);
    void this.leave(delivery);
    this.refused.shift()?.();
  }
}
