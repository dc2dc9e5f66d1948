import { type PropertyValue } from '../values/property-value.js';
import { type Expression } from './expression.js';
import { parseCondition } from './parse-condition.js';
import {
  parameterKey,
  type Parse,
  type ParseContext,
  parsePredicateBy,
  type Parameters,
  requirePredicate,
} from './parse-context.js';
import { type SqlSource } from './sql-syntax-error.js';
import { TokenReader } from './token-reader.js';

/** Prepares to parse an expression. Throws SqlSyntaxError if it is too long or does not start with a token. */
export function startParsing(
  source: SqlSource,
  text: string,
  parameters: Parameters = new Map(),
): ParseContext {
  const byKey = new Map<string, PropertyValue>();
  for (const [name, value] of parameters) byKey.set(parameterKey(name), value);
  return { reader: new TokenReader(source, text), parameters: byKey, parseGroup: parseExpression };
}

/** Parses conditions joined by OR, AND and NOT, of which NOT binds most tightly; returns a lone value as it is. */
export function parseExpression(context: ParseContext): Expression {
  return parseChain(context, 'OR', parseConjunction);
}

function parseConjunction(context: ParseContext): Expression {
  return parseChain(context, 'AND', parseNegation);
}

function parseChain(context: ParseContext, keyword: 'AND' | 'OR', parse: Parse): Expression {
  const first = parse(context);
  if (!context.reader.is(keyword)) return first;
  const operands = [requirePredicate(context, first)];
  while (context.reader.accept(keyword)) operands.push(parsePredicateBy(context, parse));
  return { kind: keyword === 'AND' ? 'and' : 'or', operands };
}

function parseNegation(context: ParseContext): Expression {
  if (!context.reader.accept('NOT')) return parseCondition(context);
  const operand = context.reader.nested(() => parsePredicateBy(context, parseNegation));
  return { kind: 'not', operand };
}
