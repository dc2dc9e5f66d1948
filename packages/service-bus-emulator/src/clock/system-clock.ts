import { type Clock } from '../model/namespace/broker.js';

// setTimeout takes a signed 32-bit number of milliseconds.
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

// So many readings take longer than the millisecond to which the time of day is known.
const READINGS = 1_000;
const { hrtime } = process;

// Not `performance`: where nobody has used it yet, Node.js loads a module for it, which takes a third of a start.
function monotonicMs(): number {
  const [seconds, nanoseconds] = hrtime();
  return seconds * 1_000 + nanoseconds / 1e6;
}

/** The time of day, derived from the monotonic clock so that it never goes back. */
export class SystemClock implements Clock {
  #originMs = -Infinity;
  #readings = READINGS;
  #timer: NodeJS.Timeout | undefined;

  now(): number {
    if (this.#readings > 0) this.#readTimeOfDay();
    return this.#originMs + monotonicMs();
  }

  /** The time of day comes in whole milliseconds, so that of several readings the latest is the closest. */
  #readTimeOfDay(): void {
    this.#readings -= 1;
    // The time of day first: a pause between the two must not make the clock fast.
    this.#originMs = Math.max(this.#originMs, Date.now() - monotonicMs());
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
