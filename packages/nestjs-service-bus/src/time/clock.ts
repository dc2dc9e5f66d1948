/** Time and chance, as the runtime sees them; tests put their own in. */
export interface Clock {
  /** Monotonic, in milliseconds: does not jump when the machine's time is set. */
  readonly now: () => number;
  /** The machine's time, in milliseconds since 1970: only to be held against the broker's times. */
  readonly wallTime: () => number;
  /** 0 ≤ x < 1. */
  readonly random: () => number;
}

export const SYSTEM_CLOCK: Clock = {
  now: () => performance.now(),
  wallTime: () => Date.now(),
  random: () => Math.random(),
};
