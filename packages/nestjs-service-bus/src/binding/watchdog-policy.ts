/** When a binding that receives nothing is taken for a broken one. */
export interface WatchdogPolicy {
  /** Messages wait at the broker, none comes, and there is room for them: for this long. Default 60,000. */
  readonly silenceMs: number;
}

export const DEFAULT_WATCHDOG_POLICY: WatchdogPolicy = { silenceMs: 60_000 };
