import { isInstance } from '../exceptions/read-thrown.js';
import { DEFAULT_RETRY_POLICY, type RetryPolicy } from './backoff.js';

/** A retry policy of its own for errors of one class; what it leaves out is the binding's. */
export interface ExceptionRetryPolicy extends Partial<RetryPolicy> {
  /** Errors of this class and of those that extend it. */
  readonly type: abstract new (...args: never[]) => object;
}

/** How a binding retries. */
export interface BindingRetryPolicy extends RetryPolicy {
  /**
   * The longest wait with the message's lock held, in milliseconds; a message that is to wait longer is sent
   * again, as a scheduled copy. Subscriptions and entities with sessions hold the lock always. Default 300,000.
   */
  readonly maxHoldMs: number;
  /** The first one whose class an error is of decides. */
  readonly exceptions: readonly ExceptionRetryPolicy[];
}

export const DEFAULT_BINDING_RETRY_POLICY: BindingRetryPolicy = {
  ...DEFAULT_RETRY_POLICY,
  maxHoldMs: 300_000,
  exceptions: [],
};

/** The policy for an attempt that ended with these errors: what was thrown, and what a filter made of it. */
export function policyFor(errors: readonly unknown[], policy: BindingRetryPolicy): RetryPolicy {
  const own = policy.exceptions.find(({ type }) => errors.some((error) => isInstance(error, type)));
  if (!own) return policy;
  const { maxAttempts, delayMs, maxDelayMs } = policy;
  return {
    maxAttempts: own.maxAttempts ?? maxAttempts,
    delayMs: own.delayMs ?? delayMs,
    maxDelayMs: own.maxDelayMs ?? maxDelayMs,
  };
}
