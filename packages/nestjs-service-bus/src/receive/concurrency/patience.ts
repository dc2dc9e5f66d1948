import { type Delivery } from '../../delivery/delivery.js';
import { type Clock, type Timer } from '../../time/clock.js';
import { startIdleTimer } from '../../time/timer.js';

/** A learnt prefetch lets messages wait for some round trips: whoever waits so long is behind handlers that hang. */
const PATIENCE_MS = 2_000;
/** Each way back counts as a delivery at the broker: a message that has been sent around already waits here. */
const MAX_DELIVERIES = 2;

/**
 * Ends the wait of messages that do not get their turn in time, so that they go back to the broker, where another
 * instance may be free. One timer serves all.
 */
export class Patience {
  private readonly waiting = new Map<Delivery, { readonly untilMs: number; readonly giveUp: () => void }>();
  private timer?: Timer | undefined;

  constructor(private readonly clock: Clock) {}

  wait(delivery: Delivery, giveUp: () => void): void {
    if ((delivery.message.deliveryCount ?? 0) >= MAX_DELIVERIES) return;
    this.waiting.set(delivery, { untilMs: this.clock.now() + PATIENCE_MS, giveUp });
    this.schedule(PATIENCE_MS);
  }

  end(delivery: Delivery): void {
    this.waiting.delete(delivery);
  }

  close(): void {
    this.timer?.cancel();
    this.timer = undefined;
    this.waiting.clear();
  }

  private schedule(delayMs: number): void {
    // It runs on when nobody waits any more: that costs less than a timer for each.
    this.timer ??= startIdleTimer(this.clock, delayMs, () => this.sweep());
  }

  private sweep(): void {
    this.timer = undefined;
    const now = this.clock.now();
    // The longest wait comes first.
    for (const [delivery, { untilMs, giveUp }] of this.waiting) {
      if (untilMs > now) return this.schedule(untilMs - now);
      this.waiting.delete(delivery);
      giveUp();
    }
  }
}
