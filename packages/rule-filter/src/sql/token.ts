import { type SqlSource } from './sql-syntax-error.js';

export type SqlSymbol =
  '=' | '<>' | '!=' | '<' | '<=' | '>' | '>=' | '+' | '-' | '*' | '/' | '%' | '(' | ')' | ',' | '.' | ';';

const FILTER_KEYWORDS = [
  'AND',
  'ESCAPE',
  'EXISTS',
  'FALSE',
  'IN',
  'IS',
  'LIKE',
  'NOT',
  'NULL',
  'OR',
  'TRUE',
] as const;
const ACTION_KEYWORDS = ['REMOVE', 'SET'] as const;

export type Keyword = (typeof FILTER_KEYWORDS)[number] | (typeof ACTION_KEYWORDS)[number];

/** Reserved words in upper case; a property with such a name has to be [delimited]. */
export const keywords: Record<SqlSource, ReadonlySet<string>> = {
  'SQL filter': new Set(FILTER_KEYWORDS),
  'SQL action': new Set([...FILTER_KEYWORDS, ...ACTION_KEYWORDS]),
};

/** One token of an expression: its meaning, its text as written, and the 1-based column where it starts. */
export type Token = { readonly text: string; readonly column: number } & (
  | { readonly kind: 'integer'; readonly value: bigint }
  | { readonly kind: 'double'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'name'; readonly value: string; readonly isDelimited: boolean }
  | { readonly kind: 'parameter'; readonly value: string }
  | { readonly kind: 'keyword'; readonly value: Keyword }
  | { readonly kind: 'symbol'; readonly value: SqlSymbol }
  | { readonly kind: 'end' }
);

const SHOWN_LENGTH = 24;

/** Describes a token for error messages. */
export function describeToken(token: Token): string {
  if (token.kind === 'end') return 'the end';
  return token.kind === 'string' ? `the string ${onOneLine(token.text)}` : `'${onOneLine(token.text)}'`;
}

/** Shortens a piece of an expression and removes its line breaks, so that an error message stays one line. */
export function onOneLine(text: string): string {
  const line = text.replace(/[\s\p{Cc}]/gu, ' ');
  return line.length > SHOWN_LENGTH ? `${line.slice(0, SHOWN_LENGTH)}…` : line;
}
