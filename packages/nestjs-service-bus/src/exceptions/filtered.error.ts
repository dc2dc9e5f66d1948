import { isInstance } from './read-thrown.js';

/**
 * A handler failed, and an exception filter of the application gave something else for what it threw. A requester is
 * told what the filter gave; what becomes of the message is decided by both.
 */
export class FilteredError extends Error {
  override readonly name = 'FilteredError';

  constructor(
    readonly thrown: unknown,
    readonly given: unknown,
  ) {
    super('an exception filter gave another error than the handler threw');
  }
}

/** What an attempt failed with: what a filter gave comes before what was thrown. */
export function errorsOf(error: unknown): readonly unknown[] {
  return isInstance(error, FilteredError) ? [error.given, error.thrown] : [error];
}
