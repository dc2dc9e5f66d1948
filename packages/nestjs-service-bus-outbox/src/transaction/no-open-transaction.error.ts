/**
 * The object belongs to a library that the outbox knows, and no transaction is open on it. A message added through it
 * would leave even if the change that it tells of never commits.
 */
export class NoOpenTransactionError extends Error {
  override readonly name = 'NoOpenTransactionError';

  /**
   * @param what - What was given, as a reader of the library's documentation calls it.
   * @param remedy - What to give instead.
   */
  constructor(what: string, remedy: string) {
    super(`${what}, and the outbox writes only inside a transaction: ${remedy}`);
  }
}
