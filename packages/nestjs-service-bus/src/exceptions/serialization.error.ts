import { describeError } from './describe-error.js';

/** A payload has no form in its format: nothing has been sent. `cause` is what the format has thrown. */
export class SerializationError extends Error {
  override readonly name = 'SerializationError';

  constructor(
    /** Of the format: `avro/binary`. */
    readonly contentType: string,
    problem: string,
    cause?: unknown,
  ) {
    const why = cause === undefined ? '' : `: ${describeError(cause)}`;
    super(`${contentType}: ${problem}${why}`, { cause });
  }
}
