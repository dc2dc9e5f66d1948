/** What a statement gave back: its rows, and how many rows it touched. */
export interface StatementResult {
  /** The rows of a SELECT or of a RETURNING clause; empty for other statements. Keys are the columns' names. */
  readonly rows: readonly Record<string, unknown>[];
  /** How many rows the statement selected, inserted, updated or deleted. */
  readonly rowCount: number;
}

/**
 * A transaction that the caller has begun, seen through the one door that outbox and inbox need.
 *
 * An adapter makes it from whatever the caller's library calls a transaction. The outbox runs its statements through
 * it and never begins, commits or rolls back: the transaction stays the caller's.
 */
export interface TransactionClient {
  /**
   * Runs one statement inside the transaction.
   *
   * @param text - One SQL statement with `$1`-style placeholders. A library that writes placeholders otherwise gets
   *   the text translated by its adapter; the outbox' statements have no `$` and no `?` outside of placeholders.
   * @param parameters - A value for each placeholder, in order: strings, numbers, booleans, null, Buffers, and text
   *   in PostgreSQL's own notation for arrays and JSON. The statement casts each one (`$1::text`), so a library
   *   need not guess its type.
   * @returns Rows and their number. `bigint` columns may come as string, number or bigint, as the library likes it.
   * @throws What the library throws, unchanged: the caller's own handling of database errors goes on working.
   */
  query(text: string, parameters: readonly unknown[]): Promise<StatementResult>;
}
