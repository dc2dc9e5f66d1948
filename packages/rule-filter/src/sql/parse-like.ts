import { type Predicate, type ValueExpression } from './expression.js';
import { compileLike, MAXIMUM_PATTERN_LENGTH } from '../values/like.js';
import { parseValue } from './parse-arithmetic.js';
import { type ParseContext } from './parse-context.js';
import { describeToken } from './token.js';

/** Parses what follows LIKE; refuses constants that cannot be a pattern or an escape character. */
export function parseLike(context: ParseContext, value: ValueExpression): Predicate {
  const { reader } = context;
  const { token: patternStart } = reader;
  const pattern = parseValue(context);
  if (isConstantOtherThanText(pattern)) {
    const found = describeToken(patternStart);
    throw reader.errorAt(patternStart, `expected a string after LIKE but found ${found}`);
  }
  const escape = reader.accept('ESCAPE') ? parseEscape(context) : undefined;
  const patternText = textOfConstant(pattern);
  const escapeText = escape && textOfConstant(escape);
  const isKnown = patternText !== undefined && (escape === undefined || escapeText !== undefined);
  if (isKnown && compileLike(patternText, escapeText) === undefined) {
    const problem =
      patternText.length > MAXIMUM_PATTERN_LENGTH
        ? `expected a pattern of at most ${MAXIMUM_PATTERN_LENGTH} characters but found ${patternText.length}`
        : 'expected the pattern to go on after its escape character but found its end';
    throw reader.errorAt(patternStart, problem);
  }
  return { kind: 'like', value, pattern, escape };
}

function parseEscape(context: ParseContext): ValueExpression {
  const { reader } = context;
  const { token: start } = reader;
  const escape = parseValue(context);
  if (!isConstantOtherThanText(escape) && (textOfConstant(escape)?.length ?? 1) === 1) return escape;
  const found = describeToken(start);
  throw reader.errorAt(start, `expected a string of one character after ESCAPE but found ${found}`);
}

// NULL is allowed in any place: it makes the result unknown.
function isConstantOtherThanText(value: ValueExpression): boolean {
  return value.kind === 'literal' && value.value !== null && typeof value.value !== 'string';
}

function textOfConstant(value: ValueExpression): string | undefined {
  return value.kind === 'literal' && typeof value.value === 'string' ? value.value : undefined;
}
