import { type SqlSource, SqlSyntaxError } from './sql-syntax-error.js';
import { type Keyword, keywords, onOneLine, type SqlSymbol, type Token } from './token.js';

const WHITE_SPACE = /\s*/uy;
const NUMBER = /(?:\d+(\.\d*)?|(\.\d+))(e[+-]?\d+)?/iuy;
const NAME = /\p{L}[\p{L}\p{Nd}_]*/uy;
const RUN_ON = /[\p{L}_]/uy;
const PARAMETER = /@[\p{L}_][\p{L}\p{Nd}_]*/uy;
const SYMBOL = /<>|!=|<=|>=|[=<>+\-*/%(),.;]/uy;
// A doubled closing delimiter stands for the delimiter itself: the look-ahead keeps it from ending the text.
const STRING = /'[^']*(?:''[^']*)*'(?!')/uy;
const BRACKETED = /\[[^\]]*(?:\]\][^\]]*)*\](?!\])/uy;
const QUOTED = /"[^"]*(?:""[^"]*)*"(?!")/uy;

/** Reads the token at or after `position`. Throws SqlSyntaxError if there is none. */
export function readToken(source: SqlSource, text: string, position: number): Token {
  const start = position + (matchAt(WHITE_SPACE, text, position)?.[0].length ?? 0);
  if (start >= text.length) return { kind: 'end', text: '', column: text.length + 1 };

  const token = readWord(source, text, start) ?? readNumber(source, text, start);
  const delimited = token ?? readDelimited(source, text, start);
  if (delimited) return delimited;

  const symbol = matchAt(SYMBOL, text, start)?.[0];
  const column = start + 1;
  if (symbol !== undefined) return { kind: 'symbol', value: symbol as SqlSymbol, text: symbol, column };
  const problem = `expected a value, a property or an operator but found ${shown(text, start)}`;
  throw new SqlSyntaxError(source, column, problem);
}

function readWord(source: SqlSource, text: string, start: number): Token | undefined {
  const column = start + 1;
  const parameter = matchAt(PARAMETER, text, start)?.[0];
  if (parameter !== undefined) return { kind: 'parameter', value: parameter, text: parameter, column };
  const word = matchAt(NAME, text, start)?.[0];
  if (word === undefined) return undefined;
  const upper = word.toUpperCase();
  return keywords[source].has(upper)
    ? { kind: 'keyword', value: upper as Keyword, text: word, column }
    : { kind: 'name', value: word, isDelimited: false, text: word, column };
}

function readNumber(source: SqlSource, text: string, start: number): Token | undefined {
  const match = matchAt(NUMBER, text, start);
  if (!match) return undefined;
  const [number, fraction, bareFraction, exponent] = match;
  const column = start + 1;
  const next = start + number.length;
  if (matchAt(RUN_ON, text, next)) {
    const problem = `expected an operator after '${onOneLine(number)}' but found ${shown(text, next)}`;
    throw new SqlSyntaxError(source, next + 1, problem);
  }
  if ((fraction ?? bareFraction ?? exponent) === undefined) {
    return { kind: 'integer', value: BigInt(number), text: number, column };
  }
  const value = Number(number);
  if (Number.isFinite(value)) return { kind: 'double', value, text: number, column };
  const problem = `expected a number in the range of a double but found '${onOneLine(number)}'`;
  throw new SqlSyntaxError(source, column, problem);
}

const DELIMITERS = [
  { open: "'", close: "'", pattern: STRING, name: 'string' },
  { open: '[', close: ']', pattern: BRACKETED, name: 'property name' },
  { open: '"', close: '"', pattern: QUOTED, name: 'property name' },
] as const;

function readDelimited(source: SqlSource, text: string, start: number): Token | undefined {
  const delimiter = DELIMITERS.find(({ open }) => text[start] === open);
  if (!delimiter) return undefined;
  const { open, close, pattern, name } = delimiter;
  const column = start + 1;
  const written = matchAt(pattern, text, start)?.[0];
  if (written === undefined) {
    const problem = `expected ${close} to close the ${name} that starts at column ${column} but found the end`;
    throw new SqlSyntaxError(source, text.length + 1, problem);
  }
  const value = written.slice(1, -1).replaceAll(close + close, close);
  if (open === "'") return { kind: 'string', value, text: written, column };
  if (value !== '') return { kind: 'name', value, isDelimited: true, text: written, column };
  throw new SqlSyntaxError(source, column, `expected a property name between ${open} and ${close}`);
}

function matchAt(sticky: RegExp, text: string, position: number): RegExpExecArray | null {
  sticky.lastIndex = position;
  return sticky.exec(text);
}

function shown(text: string, start: number): string {
  return `'${onOneLine(String.fromCodePoint(text.codePointAt(start) ?? 0))}'`;
}
