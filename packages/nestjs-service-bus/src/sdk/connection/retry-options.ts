import { RetryMode, type RetryOptions } from '@azure/service-bus';

export const DEFAULT_RETRY_OPTIONS: RetryOptions = {
  mode: RetryMode.Exponential,
  retryDelayInMs: 800,
  maxRetryDelayInMs: 15_000,
  maxRetries: 5,
};

/**
 * Receivers try for ever, so one try a round is enough: it makes an error known at once, and the broker's return too
 * (after 3 s at most). The timeout bounds a settlement whose answer was lost.
 */
export const RECEIVER_RETRY_OPTIONS: RetryOptions = {
  mode: RetryMode.Exponential,
  retryDelayInMs: 800,
  maxRetryDelayInMs: 3_000,
  maxRetries: 0,
  timeoutInMs: 15_000,
};
