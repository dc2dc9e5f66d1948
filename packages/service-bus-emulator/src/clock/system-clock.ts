import { type Clock } from '../model/namespace/broker.js';

// setTimeout takes a signed 32-bit number of milliseconds.
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

/** The time of day, derived from the monotonic clock so that it never jumps. */
export class SystemClock implements Clock {
  // Read once: the property costs more than the clock itself, which is asked several times for each message.
  readonly #originMs = performance.timeOrigin;
  #timer: NodeJS.Timeout | undefined;

  now(): number {
    return this.#originMs + performance.now();
  }

  setAlarm(atMs: number, ring: () => void): void {
    clearTimeout(this.#timer);
    if (atMs === Infinity) return;
    const delayMs = Math.min(Math.max(0, Math.ceil(atMs - this.now())), MAX_TIMEOUT_MS);
    // A timer may fire a little early: then it is set again for the rest.
    this.#timer = setTimeout(() => (this.now() >= atMs ? ring() : this.setAlarm(atMs, ring)), delayMs);
  }

  delay(milliseconds: number, action: () => void): void {
    setTimeout(action, milliseconds).unref();
  }
}
