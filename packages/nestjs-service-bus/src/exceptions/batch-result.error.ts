/** A handler of batches gave something else than one result for each of its messages. */
export class BatchResultError extends Error {
  override readonly name = 'BatchResultError';

  constructor(
    /** How many messages the batch had. */
    readonly messages: number,
  ) {
    super(
      `the handler of a batch of ${messages} messages must return an array of ${messages} results, or nothing`,
    );
  }
}
