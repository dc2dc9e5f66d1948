import { type PropertyValue } from '../values/property-value.js';
import { type Expression, isPredicate, type Predicate, type ValueExpression } from './expression.js';
import { type TokenReader } from './token-reader.js';

/** The values of a rule's `@parameters`; a ParseContext has them by `parameterKey`. */
export type Parameters = ReadonlyMap<string, PropertyValue>;

/** Returns the key of a parameter: its name in lower case, without the @ that SDKs may omit. */
export function parameterKey(name: string): string {
  return name.replace(/^@/u, '').toLowerCase();
}

/** What the parsers of an expression's parts share. */
export interface ParseContext {
  readonly reader: TokenReader;
  readonly parameters: Parameters;
  /** Parses what stands in parentheses. It is a member so that the parts need not import the whole. */
  readonly parseGroup: (context: ParseContext) => Expression;
}

export type Parse = (context: ParseContext) => Expression;

/** Parses an expression that must be a value. */
export function parseValueBy(context: ParseContext, parse: Parse): ValueExpression {
  const start = context.reader.token;
  const expression = parse(context);
  if (!isPredicate(expression)) return expression;
  throw context.reader.errorAt(start, 'expected a value but found a condition');
}

/** Parses an expression that must be a condition; a value alone, even a boolean property, is not one. */
export function parsePredicateBy(context: ParseContext, parse: Parse): Predicate {
  return requirePredicate(context, parse(context));
}

/** Returns the expression that was just parsed, which must be a condition. */
export function requirePredicate({ reader }: ParseContext, expression: Expression): Predicate {
  if (isPredicate(expression)) return expression;
  throw reader.expected("a comparison such as '='");
}
