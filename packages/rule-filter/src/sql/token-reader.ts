import { readToken } from './read-token.js';
import { type SqlSource, SqlSyntaxError } from './sql-syntax-error.js';
import { describeToken, type Keyword, type SqlSymbol, type Token } from './token.js';

/** [Service Bus quotas] The maximum length of a rule's expression, in characters. */
export const MAXIMUM_EXPRESSION_LENGTH = 1024;

// Far more than anybody writes, and far less than exhausts the stack of the parser or of the compiled tree.
const MAXIMUM_DEPTH = 100;

/** Reads an expression's tokens one by one, on demand, so that the first error in the text is the one reported. */
export class TokenReader {
  private current: Token;
  private previous: Token | undefined;
  private depth = 0;

  constructor(
    private readonly source: SqlSource,
    private readonly text: string,
  ) {
    if (text.length > MAXIMUM_EXPRESSION_LENGTH) {
      const problem = `expected at most ${MAXIMUM_EXPRESSION_LENGTH} characters but found ${text.length}`;
      throw new SqlSyntaxError(source, MAXIMUM_EXPRESSION_LENGTH + 1, problem);
    }
    this.current = readToken(source, text, 0);
  }

  /** The next token. */
  get token(): Token {
    return this.current;
  }

  take(): Token {
    const taken = this.current;
    this.current = readToken(this.source, this.text, taken.column - 1 + taken.text.length);
    this.previous = taken;
    return taken;
  }

  is(word: Keyword | SqlSymbol): boolean {
    const { current } = this;
    return (current.kind === 'keyword' || current.kind === 'symbol') && current.value === word;
  }

  /** Takes the word if it is next. */
  accept(word: Keyword | SqlSymbol): boolean {
    if (!this.is(word)) return false;
    this.take();
    return true;
  }

  /** Takes the next symbol if it is one of these. */
  acceptOneOf<Accepted extends SqlSymbol>(symbols: readonly Accepted[]): Accepted | undefined {
    const accepted = symbols.find((symbol) => this.is(symbol));
    if (accepted !== undefined) this.take();
    return accepted;
  }

  require(word: Keyword | SqlSymbol): void {
    if (!this.accept(word)) throw this.expected(word.length > 1 ? word : `'${word}'`);
  }

  /** Runs a parser one level deeper. Throws SqlSyntaxError if the expression is nested too deeply. */
  nested<Parsed>(parse: () => Parsed): Parsed {
    if (this.depth >= MAXIMUM_DEPTH) throw this.expected(`at most ${MAXIMUM_DEPTH} levels of nesting`);
    this.depth += 1;
    const parsed = parse();
    this.depth -= 1;
    return parsed;
  }

  /** Returns the error for a next token that the grammar does not allow. */
  expected(what: string): SqlSyntaxError {
    const after = this.previous ? ` after ${describeToken(this.previous)}` : '';
    return this.errorAt(this.current, `expected ${what}${after} but found ${describeToken(this.current)}`);
  }

  errorAt(token: Token, problem: string): SqlSyntaxError {
    return new SqlSyntaxError(this.source, token.column, problem);
  }
}
