import { type Clock, type Timer } from '../../time/clock.js';
import { startTimer } from '../../time/timer.js';

/** Node fires timers that are set for longer at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Wakes all who wait for tokens of a rate, by one timer. */
export class RateAlarm {
  private readonly listeners: (() => void)[] = [];
  private timer?: Timer | undefined;
  private wakeAtMs = Infinity;
  private isClosed = false;

  constructor(private readonly clock: Clock) {}

  onDue(listener: () => void): void {
    this.listeners.push(listener);
  }

  /** Wakes them in so many milliseconds, unless it does so sooner. */
  wakeIn(delayMs: number): void {
    const atMs = this.clock.now() + delayMs;
    if (this.isClosed || atMs >= this.wakeAtMs) return;
    this.timer?.cancel();
    this.wakeAtMs = atMs;
    this.timer = startTimer(this.clock, Math.min(delayMs, MAX_TIMER_MS), () => {
      this.timer = undefined;
      this.wakeAtMs = Infinity;
      this.wake();
    });
  }

  wake(): void {
    if (this.isClosed) return;
    const listeners = [...this.listeners];
    // Of several that wait for the same tokens, another one is the first next time.
    this.listeners.push(...this.listeners.splice(0, 1));
    for (const listener of listeners) listener();
  }

  close(): void {
    this.isClosed = true;
    this.timer?.cancel();
  }
}
