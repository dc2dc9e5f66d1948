import { backoff, type RetryPolicy } from '../binding/backoff.js';
import { DeadLetterException } from '../exceptions/dead-letter.exception.js';
import { DeferException } from '../exceptions/defer.exception.js';
import { DrainedError } from '../exceptions/drained.error.js';
import { isInstance, toText } from '../exceptions/read-thrown.js';
import { isDelay, RetryException } from '../exceptions/retry.exception.js';
import { validationProblems } from '../validation/validation-problems.js';
import { deadLetterCause, type DeadLetterCause } from './dead-letter.js';

/** What is to become of a message after an attempt. */
export type Outcome =
  | { readonly kind: 'complete' }
  | { readonly kind: 'defer' }
  /** Nobody has failed: the service is shutting down. */
  | { readonly kind: 'give-back' }
  | { readonly kind: 'retry'; readonly delayMs: number; readonly error: unknown }
  | { readonly kind: 'dead-letter'; readonly cause: DeadLetterCause; readonly error: unknown };

export const COMPLETE: Outcome = { kind: 'complete' };

/** An attempt that failed, as far as its outcome depends on it. */
export interface FailedAttempt {
  /** 1, 2, … */
  readonly number: number;
  readonly policy: RetryPolicy;
  /** A handler may throw a DrainedError at any time: only a drain gives messages back. */
  readonly isDraining: boolean;
  readonly random: () => number;
}

/** True when the handler failed by itself, rather than asked for what was done or was given what it cannot take. */
export function isFailure(outcome: Outcome): boolean {
  if (outcome.kind === 'retry') return !isInstance(outcome.error, RetryException);
  if (outcome.kind !== 'dead-letter') return false;
  const { error } = outcome;
  const isAskedFor = isInstance(error, DeadLetterException) || isInstance(error, RetryException);
  return !isAskedFor && validationProblems(error) === undefined;
}

/** The outcome of an attempt that ended with `error`, whatever that is. */
export function outcomeOf(error: unknown, attempt: FailedAttempt): Outcome {
  if (isInstance(error, DeadLetterException)) {
    const cause = { reason: toText(error.reason), description: toText(error.description) };
    return { kind: 'dead-letter', cause, error };
  }
  if (isInstance(error, DeferException)) return { kind: 'defer' };
  if (attempt.isDraining && isInstance(error, DrainedError)) return { kind: 'give-back' };
  const problems = validationProblems(error);
  if (problems) {
    const cause = { reason: 'ValidationFailed', description: problems.join('; ') };
    return { kind: 'dead-letter', cause, error };
  }
  const { number, policy } = attempt;
  if (number >= policy.maxAttempts) return { kind: 'dead-letter', cause: deadLetterCause(error), error };
  return { kind: 'retry', delayMs: askedDelay(error) ?? backoff(policy, number, attempt.random), error };
}

/** Subclasses may have set anything: what is no delay leaves it to the binding's backoff. */
function askedDelay(error: unknown): number | undefined {
  if (!isInstance(error, RetryException)) return undefined;
  const { delayMs } = error;
  return isDelay(delayMs) ? delayMs : undefined;
}
