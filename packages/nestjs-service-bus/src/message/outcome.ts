import { backoff, type RetryPolicy } from '../binding/backoff.js';
import { DeadLetterException } from '../exceptions/dead-letter.exception.js';
import { DeferException } from '../exceptions/defer.exception.js';
import { DrainedError } from '../exceptions/drained.error.js';
import { errorsOf } from '../exceptions/filtered.error.js';
import { PausedError } from '../exceptions/paused.error.js';
import { isError, isInstance, toText } from '../exceptions/read-thrown.js';
import { isDelay, RetryException } from '../exceptions/retry.exception.js';
import { UnsendableResultError } from '../exceptions/unsendable-result.error.js';
import { validationProblems } from '../validation/validation-problems.js';
import { deadLetterCause, type DeadLetterCause } from './dead-letter.js';

/** What is to become of a message after an attempt. */
export type Outcome =
  | { readonly kind: 'complete' }
  | { readonly kind: 'defer' }
  /** Nobody has failed: the service is shutting down, or the binding is paused. */
  | { readonly kind: 'give-back' }
  | { readonly kind: 'retry'; readonly delayMs: number; readonly error: unknown }
  | {
      readonly kind: 'dead-letter';
      readonly cause: DeadLetterCause;
      readonly error: unknown;
      /** What a requester is told of: the error, or a FilteredError. */
      readonly answer: unknown;
      /** It had no attempt left: no handler has run. */
      readonly isUntried?: true;
    };

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

/** True when the outcome tells how the handler is: it ran. */
export function isTrial(outcome: Outcome): boolean {
  return outcome.kind !== 'dead-letter' || !outcome.isUntried;
}

/** True when the handler failed by itself, rather than asked for what was done or was given what it cannot take. */
export function isFailure(outcome: Outcome): boolean {
  if (outcome.kind === 'retry') return !isInstance(outcome.error, RetryException);
  if (outcome.kind !== 'dead-letter') return false;
  const { error } = outcome;
  const isAskedFor = isInstance(error, DeadLetterException) || isInstance(error, RetryException);
  return !isAskedFor && validationProblems(error) === undefined;
}

/**
 * The outcome of an attempt that ended with `error`, whatever that is. Where a filter has given something else for
 * what was thrown, the filter's word comes first, and what it says nothing about the handler's.
 */
export function outcomeOf(error: unknown, attempt: FailedAttempt): Outcome {
  const errors = errorsOf(error);
  for (const one of errors) {
    const asked = askedOutcome(one, error, attempt);
    if (asked) return asked;
  }
  // Filters often give plain objects: those say less than what was thrown.
  const failure = errors.find(isError) ?? errors.at(-1);
  const { number, policy, random } = attempt;
  if (number >= policy.maxAttempts) {
    return { kind: 'dead-letter', cause: deadLetterCause(failure), error: failure, answer: error };
  }
  return { kind: 'retry', delayMs: askedDelay(errors) ?? backoff(policy, number, random), error: failure };
}

/** What an error of ours asks for, and what no further attempt can change. */
function askedOutcome(error: unknown, answer: unknown, { isDraining }: FailedAttempt): Outcome | undefined {
  if (isInstance(error, DeadLetterException)) {
    const cause = { reason: toText(error.reason), description: toText(error.description) };
    return { kind: 'dead-letter', cause, error, answer };
  }
  if (isInstance(error, UnsendableResultError)) {
    return { kind: 'dead-letter', cause: { ...deadLetterCause(error), reason: error.reason }, error, answer };
  }
  if (isInstance(error, DeferException)) return { kind: 'defer' };
  // Nobody else can throw the second: it is not exported.
  if ((isDraining && isInstance(error, DrainedError)) || isInstance(error, PausedError)) {
    return { kind: 'give-back' };
  }
  const problems = validationProblems(error);
  if (!problems) return undefined;
  const cause = { reason: 'ValidationFailed', description: problems.join('; ') };
  return { kind: 'dead-letter', cause, error, answer };
}

/** Subclasses may have set anything: what is no delay leaves it to the binding's backoff. */
function askedDelay(errors: readonly unknown[]): number | undefined {
  const delays = errors.map((error) => (isInstance(error, RetryException) ? error.delayMs : undefined));
  return delays.find(isDelay);
}
