/** Which kind of text a rule's expression is; names it in messages. */
export type SqlSource = 'SQL filter' | 'SQL action';

/** A rule's expression cannot be compiled: where (1-based column) and what was expected, in one line. */
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
