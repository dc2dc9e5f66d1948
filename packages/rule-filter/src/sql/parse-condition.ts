import { type ComparisonOperator } from '../values/compare.js';
import { type Expression, isPredicate, type Predicate, type ValueExpression } from './expression.js';
import { parseArithmetic, parseValue } from './parse-arithmetic.js';
import { type ParseContext } from './parse-context.js';
import { parseLike } from './parse-like.js';
import { parseProperty } from './parse-operand.js';

const COMPARISONS = ['=', '<>', '!=', '<=', '>=', '<', '>'] as const;

/** Parses one condition; returns a value if no operator of a condition follows it. */
export function parseCondition(context: ParseContext): Expression {
  const { reader } = context;
  if (reader.accept('EXISTS')) return parseExists(context);
  const left = parseArithmetic(context);
  if (isPredicate(left)) return left;

  const symbol = reader.acceptOneOf(COMPARISONS);
  if (symbol !== undefined) {
    const operator: ComparisonOperator = symbol === '!=' ? '<>' : symbol;
    return { kind: 'comparison', operator, left, right: parseValue(context) };
  }
  if (reader.is('IS')) return parseIsNull(context, left);
  const isNegated = reader.accept('NOT');
  if (reader.accept('IN')) return negateIf(isNegated, parseIn(context, left));
  if (reader.accept('LIKE')) return negateIf(isNegated, parseLike(context, left));
  if (isNegated) throw reader.expected('IN or LIKE');
  return left;
}

function negateIf(isNegated: boolean, predicate: Predicate): Predicate {
  return isNegated ? { kind: 'not', operand: predicate } : predicate;
}

function parseExists(context: ParseContext): Predicate {
  context.reader.require('(');
  const property = parseProperty(context);
  context.reader.require(')');
  return { kind: 'exists', property };
}

function parseIsNull({ reader }: ParseContext, value: ValueExpression): Predicate {
  if (value.kind !== 'property' && value.kind !== 'property-by-name') {
    throw reader.expected('a comparison (IS is for a property)');
  }
  reader.take();
  const isNegated = reader.accept('NOT');
  reader.require('NULL');
  return negateIf(isNegated, { kind: 'is-null', value });
}

function parseIn(context: ParseContext, value: ValueExpression): Predicate {
  const { reader } = context;
  reader.require('(');
  const candidates = [parseValue(context)];
  while (reader.accept(',')) candidates.push(parseValue(context));
  if (!reader.is(')')) throw reader.expected("',' or ')'");
  reader.take();
  return { kind: 'in', value, candidates };
}
