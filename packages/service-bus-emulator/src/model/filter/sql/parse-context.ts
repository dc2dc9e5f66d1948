import { type PropertyValue } from '../values/property-value.js';
import { type Expression, isPredicate, type Predicate, type ValueExpression } from './expression.js';
import { type TokenReader } from './token-reader.js';

/** The values of a rule's `@parameters`; in a ParseContext by `parameterKey`. */
export type Parameters = ReadonlyMap<string, PropertyValue>;

/** The key of a parameter: its name without regard to case, with or without the @ that SDKs may leave out. */
export function parameterKey(name: string): string {
  return name.replace(/^@/u, '').toLowerCase();
}

/** What the parsers of the parts of an expression share. */
export interface ParseContext {
  readonly reader: TokenReader;
  readonly parameters: Parameters;
  /** Parses what may stand between parentheses; here so that the parts need not import the whole. */
  readonly parseGroup: (context: ParseContext) => Expression;
}

export type Parse = (context: ParseContext) => Expression;

/** Parses something that has to be a value. */
export function parseValueBy(context: ParseContext, parse: Parse): ValueExpression {
  const start = context.reader.token;
  const expression = parse(context);
  if (!isPredicate(expression)) return expression;
  throw context.reader.errorAt(start, 'expected a value but found a condition');
}

/** Parses something that has to be a condition; a value alone, even a boolean property, is none. */
export function parsePredicateBy(context: ParseContext, parse: Parse): Predicate {
  return requirePredicate(context, parse(context));
}

/** The expression that was just parsed, which has to be a condition. */
export function requirePredicate({ reader }: ParseContext, expression: Expression): Predicate {
  if (isPredicate(expression)) return expression;
  throw reader.expected("a comparison such as '='");
}
