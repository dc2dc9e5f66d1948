/** Something that a person can put right: the message says what is wrong and what to do, in one line. */
export class DeskError extends Error {
  override readonly name = 'DeskError';

  constructor(
    message: string,
    /** What kind of problem it is, for programs. */
    readonly code: DeskErrorCode,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** What kind of problem a DeskError is. */
export type DeskErrorCode =
  | 'bad-input'
  | 'not-connected'
  | 'not-allowed'
  | 'not-found'
  | 'canary-failed'
  | 'held-limit'
  | 'journal'
  | 'broker';
