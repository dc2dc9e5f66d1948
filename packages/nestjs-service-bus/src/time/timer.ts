import { type Clock, type Timer } from './clock.js';

class SystemTimer implements Timer {
  constructor(private readonly timeout: NodeJS.Timeout) {}

  cancel(): void {
    clearTimeout(this.timeout);
  }
}

/** Runs the action after so many milliseconds of this clock, which keep the process alive. */
export function startTimer(clock: Clock, delayMs: number, action: () => void): Timer {
  return clock.startTimer?.(delayMs, action) ?? new SystemTimer(setTimeout(action, delayMs));
}

/** The same, but for nothing that a process should be kept alive for. */
export function startIdleTimer(clock: Clock, delayMs: number, action: () => void): Timer {
  return clock.startTimer?.(delayMs, action) ?? new SystemTimer(setTimeout(action, delayMs).unref());
}
