/** How often and how late a failed message is tried again. */
export interface RetryPolicy {
  /** Attempts in all, the first one included. Default 5. */
  readonly maxAttempts: number;
  /** The longest wait before the second attempt; it doubles with each further one. Default 1,000. */
  readonly delayMs: number;
  /** The longest wait there is. Default 60,000. */
  readonly maxDelayMs: number;
}

export const DEFAULT_RETRY_POLICY: RetryPolicy = { maxAttempts: 5, delayMs: 1_000, maxDelayMs: 60_000 };

/** The wait after failed attempt number `attempt` (1, 2, …): exponential, with full jitter. */
export function backoff(policy: RetryPolicy, attempt: number, random: () => number): number {
  const ceilingMs = Math.min(policy.maxDelayMs, policy.delayMs * 2 ** (attempt - 1));
  return Math.round(ceilingMs * random());
}
