/** A message was delivered as often as it may be tried, and some of the deliveries ended without a word. */
export class MaxAttemptsExceededError extends Error {
  override readonly name = 'MaxAttemptsExceeded';

  constructor(readonly maxAttempts: number) {
    super(
      `not run any more: each of its ${maxAttempts} attempts has failed, or ended without a word ` +
        '(its process was killed, its lock or its link lost)',
    );
  }
}
