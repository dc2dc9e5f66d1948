/** When a binding pauses because too many of its messages fail. */
export interface CircuitBreakerPolicy {
  /** Attempts that must have ended before their failures say anything. Default 20. */
  readonly minMessages: number;
  /** The share of failed attempts from which on the binding pauses, above 0, to 1. Default 0.15. */
  readonly failureRatio: number;
  /** Attempts are counted over this time. Default 60,000. */
  readonly windowMs: number;
  /** How long the binding takes up no message. Default 60,000. */
  readonly pauseMs: number;
}

export const DEFAULT_CIRCUIT_BREAKER_POLICY: CircuitBreakerPolicy = {
  minMessages: 20,
  failureRatio: 0.15,
  windowMs: 60_000,
  pauseMs: 60_000,
};
