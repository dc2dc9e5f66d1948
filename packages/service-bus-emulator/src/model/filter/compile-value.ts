import { calculate, negate } from './values/arithmetic.js';
import { type Literal, type ValueExpression } from './sql/expression.js';
import { type FilterSubject } from './values/filter-subject.js';
import { type CompileRead, type ReadValue } from './property-reads.js';

/** Where a compiled expression gets what is not in its text. */
export interface Environment {
  readonly compileRead: CompileRead;
  readonly newId: () => string;
}

/** A value expression as functions. `isDouble` tells whether the value is a double even where its number is whole. */
export interface CompiledValue {
  readonly read: ReadValue;
  readonly isDouble: (subject: FilterSubject) => boolean;
}

const never = (): boolean => false;
const always = (): boolean => true;

/** Compiles a tree that yields a value. */
export function compileValue(expression: ValueExpression, environment: Environment): CompiledValue {
  switch (expression.kind) {
    case 'literal':
      return compileLiteral(expression);
    case 'property':
      return withOwnType(environment.compileRead(expression));
    case 'property-by-name': {
      const { read } = compileValue(expression.name, environment);
      return withOwnType((subject) => {
        const name = read(subject);
        return typeof name === 'string' ? subject.applicationProperty(name) : null;
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
  const isDouble = (subject: FilterSubject): boolean => {
    const value = read(subject);
    return typeof value === 'number' && !Number.isSafeInteger(value);
  };
  return { read, isDouble };
}

function compileSign(
  { operator, operand }: Extract<ValueExpression, { kind: 'sign' }>,
  environment: Environment,
): CompiledValue {
  const { read, isDouble } = compileValue(operand, environment);
  if (operator === '-') return { read: (subject) => negate(read(subject)), isDouble };
  const readNumber: ReadValue = (subject) => {
    const value = read(subject);
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
  const isDouble = (subject: FilterSubject): boolean => isLeftDouble(subject) || isRightDouble(subject);
  return {
    read: (subject) => calculate(operator, readLeft(subject), readRight(subject), isDouble, subject),
    isDouble,
  };
}
