import { calculate, negate } from './values/arithmetic.js';
import { type Literal, type ValueExpression } from './sql/expression.js';
import { type FilteredMessage } from './values/filtered-message.js';
import { type CompileRead, type ReadValue } from './property-reads.js';

/** Provides what a compiled expression needs from outside. */
export interface Environment {
  readonly compileRead: CompileRead;
  readonly newId: () => string;
}

/** A value expression as functions. `isDouble` tells whether the value is a double, even if its number is whole. */
export interface CompiledValue {
  readonly read: ReadValue;
  readonly isDouble: (message: FilteredMessage) => boolean;
}

const never = (): boolean => false;
const always = (): boolean => true;

/** Compiles a tree that evaluates to a value. */
export function compileValue(expression: ValueExpression, environment: Environment): CompiledValue {
  switch (expression.kind) {
    case 'literal':
      return compileLiteral(expression);
    case 'property':
      return withOwnType(environment.compileRead(expression));
    case 'property-by-name': {
      const { read } = compileValue(expression.name, environment);
      return withOwnType((message) => {
        const name = read(message);
        return typeof name === 'string' ? message.applicationProperty(name) : null;
      });
    }
    case 'new-id':
      return { read: environment.newId, isDouble: never };
    case 'sign':
      return compileSign(expression, environment);
    case 'arithmetic':
      return compileArithmetic(expression, environment);
  }
}

function compileLiteral({ value, isDouble }: Literal): CompiledValue {
  return { read: () => value, isDouble: isDouble ? always : never };
}

function withOwnType(read: ReadValue): CompiledValue {
  const isDouble = (message: FilteredMessage): boolean => {
    const value = read(message);
    return typeof value === 'number' && !Number.isSafeInteger(value);
  };
  return { read, isDouble };
}

function compileSign(
  { operator, operand }: Extract<ValueExpression, { kind: 'sign' }>,
  environment: Environment,
): CompiledValue {
  const { read, isDouble } = compileValue(operand, environment);
  if (operator === '-') return { read: (message) => negate(read(message)), isDouble };
  const readNumber: ReadValue = (message) => {
    const value = read(message);
    return typeof value === 'number' || typeof value === 'bigint' ? value : null;
  };
  return { read: readNumber, isDouble };
}

function compileArithmetic(
  { operator, left, right }: Extract<ValueExpression, { kind: 'arithmetic' }>,
  environment: Environment,
): CompiledValue {
  const { read: readLeft, isDouble: isLeftDouble } = compileValue(left, environment);
  const { read: readRight, isDouble: isRightDouble } = compileValue(right, environment);
  const isDouble = (message: FilteredMessage): boolean => isLeftDouble(message) || isRightDouble(message);
  return {
    read: (message) => calculate(operator, readLeft(message), readRight(message), isDouble, message),
    isDouble,
  };
}
