/** The kind of a rule's expression, as error messages name it. */
export type SqlSource = 'SQL filter' | 'SQL action';

/** A rule's expression is invalid. The message tells in one line where (1-based column) and what was expected. */
export class SqlSyntaxError extends Error {
  override readonly name = 'SqlSyntaxError';

  constructor(
    readonly source: SqlSource,
    readonly column: number,
    readonly problem: string,
  ) {
    super(`${source}, column ${column}: ${problem}`);
  }
}
