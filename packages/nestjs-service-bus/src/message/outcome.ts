import { DeadLetterException } from '../exceptions/dead-letter.exception.js';
import { DeferException } from '../exceptions/defer.exception.js';
import { RetryException } from '../exceptions/retry.exception.js';
import { DrainedError } from '../exceptions/drained.error.js';
import { backoff, type RetryPolicy } from '../binding/backoff.js';
import { deadLetterCause, type DeadLetterCause } from './dead-letter.js';
import { validationProblems } from '../validation/validation-problems.js';

/** What is to become of a message after an attempt. */
export type Outcome =
  | { readonly kind: 'complete' }
  | { readonly kind: 'defer' }
  /** Nobody has failed: the service is shutting down. */
  | { readonly kind: 'give-back' }
  | { readonly kind: 'retry'; readonly delayMs: number; readonly error: unknown }
  | { readonly kind: 'dead-letter'; readonly cause: DeadLetterCause; readonly error: unknown };

export const COMPLETE: Outcome = { kind: 'complete' };

/** True when the handler failed by itself, rather than asked for what was done or was given what it cannot take. */
export function isFailure(outcome: Outcome): boolean {
  if (outcome.kind === 'retry') return !(outcome.error instanceof RetryException);
  if (outcome.kind !== 'dead-letter') return false;
  const { error } = outcome;
  const isAskedFor = error instanceof DeadLetterException || error instanceof RetryException;
  return !isAskedFor && validationProblems(error) === undefined;
}

/** The outcome of attempt number `attempt` (1, 2, …) that ended with `error`. */
export function outcomeOf(
  error: unknown,
  attempt: number,
  policy: RetryPolicy,
  random: () => number,
): Outcome {
  if (error instanceof DeadLetterException) {
    return { kind: 'dead-letter', cause: { reason: error.reason, description: error.description }, error };
  }
  if (error instanceof DeferException) return { kind: 'defer' };
  if (error instanceof DrainedError) return { kind: 'give-back' };
  const problems = validationProblems(error);
  if (problems) {
    return {
      kind: 'dead-letter',
      cause: { reason: 'ValidationFailed', description: problems.join('; ') },
      error,
    };
  }
  if (attempt >= policy.maxAttempts) return { kind: 'dead-letter', cause: deadLetterCause(error), error };
  const delayMs = error instanceof RetryException ? error.delayMs : backoff(policy, attempt, random);
  return { kind: 'retry', delayMs, error };
}
