import { type ArithmeticOperator } from '../values/arithmetic.js';
import { type Expression, isPredicate, type ValueExpression } from './expression.js';
import { type Parse, type ParseContext, parseValueBy } from './parse-context.js';
import { parseNumber, parseOperand } from './parse-operand.js';

/** Parses a sum, the widest kind of value; returns a condition only if that stands in parentheses. */
export function parseArithmetic(context: ParseContext): Expression {
  return parseLeftToRight(context, ['+', '-'], parseProduct);
}

/** Parses a sum that has to be a value. */
export function parseValue(context: ParseContext): ValueExpression {
  return parseValueBy(context, parseArithmetic);
}

function parseProduct(context: ParseContext): Expression {
  return parseLeftToRight(context, ['*', '/', '%'], parseSigned);
}

function parseLeftToRight(
  context: ParseContext,
  operators: readonly ArithmeticOperator[],
  parse: Parse,
): Expression {
  let left = parse(context);
  while (!isPredicate(left)) {
    const operator = context.reader.acceptOneOf(operators);
    if (operator === undefined) break;
    left = { kind: 'arithmetic', operator, left, right: parseValueBy(context, parse) };
  }
  return left;
}

function parseSigned(context: ParseContext): Expression {
  const { reader } = context;
  const operator = reader.acceptOneOf(['+', '-']);
  if (operator === undefined) return parseOperand(context);
  const { token } = reader;
  if (token.kind === 'integer' || token.kind === 'double') {
    reader.take();
    return parseNumber(context, token, operator);
  }
  const operand = reader.nested(() => parseValueBy(context, parseSigned));
  return { kind: 'sign', operator, operand };
}
