/** What happens once after a time, unless it is cancelled before. */
export interface Timer {
  cancel(): void;
}

/** The runtime's source of time and randomness; tests provide their own. */
export interface Clock {
  /** Monotonic time in milliseconds: does not jump when the machine's clock is set. */
  readonly now: () => number;
  /** The machine's clock, in milliseconds since 1970: only for comparison with the broker's times. */
  readonly wallTime: () => number;
  /** 0 ≤ x < 1. */
  readonly random: () => number;
  /** Runs an action once after so many milliseconds, on a clock that is not the machine's. Default: setTimeout. */
  readonly startTimer?: (delayMs: number, action: () => void) => Timer;
}

/** What the container knows the clock as: the test kit gives another. */
export const CLOCK = Symbol('service bus clock');

export const SYSTEM_CLOCK: Clock = {
  now: () => performance.now(),
  wallTime: () => Date.now(),
  random: () => Math.random(),
};
