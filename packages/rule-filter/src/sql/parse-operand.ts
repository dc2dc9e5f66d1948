import { negate } from '../values/arithmetic.js';
import { type Expression, literal, type PropertyReference, type ValueExpression } from './expression.js';
import { fromBigInt, isLong } from '../values/integer.js';
import { parameterKey, type ParseContext, parseValueBy } from './parse-context.js';
import { findSystemProperty } from '../values/system-property-name.js';
import { describeToken, type Token } from './token.js';

/** Parses a constant, parameter, property, function call or group. Throws SqlSyntaxError for anything else. */
export function parseOperand(context: ParseContext): Expression {
  const { reader } = context;
  const { token } = reader;
  switch (token.kind) {
    case 'string':
      reader.take();
      return literal(token.value);
    case 'integer':
    case 'double':
      reader.take();
      return parseNumber(context, token, '+');
    case 'parameter':
      return parseParameter(context, token.value);
    case 'name':
      return parseName(context);
    default:
      if (reader.accept('NULL')) return literal(null);
      if (reader.accept('TRUE')) return literal(true);
      if (reader.accept('FALSE')) return literal(false);
      if (reader.is('(')) return parseParentheses(context, context.parseGroup);
      throw reader.expected('a value');
  }
}

/** Returns the constant for a number with its sign. The sign counts first: -2^63 fits into a long, 2^63 does not. */
export function parseNumber(
  { reader }: ParseContext,
  token: Extract<Token, { kind: 'integer' | 'double' }>,
  sign: '+' | '-',
): ValueExpression {
  if (token.kind === 'double') return literal(sign === '-' ? negate(token.value) : token.value, true);
  const value = sign === '-' ? -token.value : token.value;
  if (isLong(value)) return literal(fromBigInt(value));
  throw reader.errorAt(token, `expected an integer of at most 64 bits but found ${describeToken(token)}`);
}

/** Parses a property name, with or without its scope. */
export function parseProperty({ reader }: ParseContext): PropertyReference {
  const { token: scope } = reader;
  if (scope.kind !== 'name') throw reader.expected('a property');
  reader.take();
  if (!reader.is('.')) return { kind: 'property', scope: 'user', name: scope.value };

  const scopeName = scope.isDelimited ? undefined : scope.value.toLowerCase();
  if (scopeName !== 'sys' && scopeName !== 'user') {
    const wanted = "the scope 'sys' or 'user' (put a name that contains a dot into [brackets])";
    throw reader.errorAt(scope, `expected ${wanted} but found ${describeToken(scope)}`);
  }
  reader.take();
  const { token: name } = reader;
  if (name.kind !== 'name') throw reader.expected('a property name');
  if (scopeName === 'user') {
    reader.take();
    return { kind: 'property', scope: 'user', name: name.value };
  }
  const systemName = findSystemProperty(name.value);
  // [Service Bus: reading a system property that does not exist is an error]
  if (systemName === undefined) throw reader.expected('a system property such as MessageId');
  reader.take();
  return { kind: 'property', scope: 'sys', name: systemName };
}

function parseName(context: ParseContext): ValueExpression {
  const { token } = context.reader;
  const property = parseProperty(context);
  return context.reader.is('(') ? parseCall(context, token) : property;
}

function parseCall(context: ParseContext, name: Token): ValueExpression {
  const { reader } = context;
  // Compares the text as written: a [delimited] name names a property, never a function.
  switch (name.text.toLowerCase()) {
    case 'newid':
      reader.take();
      reader.require(')');
      return { kind: 'new-id' };
    case 'property':
    case 'p':
      return {
        kind: 'property-by-name',
        name: parseValueBy(context, (inner) => parseParentheses(inner, inner.parseGroup)),
      };
    default:
      throw reader.errorAt(
        name,
        `expected a function (newid, property or p) but found ${describeToken(name)}`,
      );
  }
}

function parseParentheses(context: ParseContext, parse: (context: ParseContext) => Expression): Expression {
  const { reader } = context;
  return reader.nested(() => {
    reader.require('(');
    const inner = parse(context);
    reader.require(')');
    return inner;
  });
}

function parseParameter({ reader, parameters }: ParseContext, name: string): ValueExpression {
  const value = parameters.get(parameterKey(name));
  if (value === undefined) {
    throw reader.errorAt(reader.token, `expected a parameter that has a value but found '${name}'`);
  }
  reader.take();
  return literal(value, typeof value === 'number' && !Number.isInteger(value));
}
