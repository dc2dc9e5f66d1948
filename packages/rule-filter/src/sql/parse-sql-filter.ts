import { type Predicate } from './expression.js';
import { type Parameters, parsePredicateBy } from './parse-context.js';
import { parseExpression, startParsing } from './parse-expression.js';

/** Parses a SQL filter. Throws SqlSyntaxError. */
export function parseSqlFilter(text: string, parameters?: Parameters): Predicate {
  const context = startParsing('SQL filter', text, parameters);
  const { reader } = context;
  const { token: first } = reader;
  if (first.kind === 'end') throw reader.expected('a condition');
  const predicate = parsePredicateBy(context, parseExpression);
  if (reader.token.kind !== 'end') throw reader.expected('AND, OR or the end');
  return predicate;
}
