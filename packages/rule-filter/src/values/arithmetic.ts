import { type PropertyValue } from './property-value.js';
import { fromBigInt } from './integer.js';
import { textOf } from './text-of.js';

export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%';

type Numeric = number | bigint;

// [Service Bus: all properties of a message together have at most 64 KB] Without a bound, SET a = a + a grows forever.
const MAXIMUM_TEXT_LENGTH = 65_536;

/**
 * Applies an operator by the rules of C#: integers stay 64-bit integers, an operation with a double yields a double,
 * + joins strings, dates differ by milliseconds. Returns null if an operand is null, if the operator is not defined
 * for the operands, if an integer is divided by 0, or if a string grows too long.
 *
 * `isDouble` tells whether an operand is a double although its number is whole; it is called only if that matters.
 */
export function calculate<M>(
  operator: ArithmeticOperator,
  left: PropertyValue,
  right: PropertyValue,
  isDouble: (message: M) => boolean,
  message: M,
): PropertyValue {
  if (left === null || right === null) return null;
  if (isNumeric(left) && isNumeric(right)) {
    return isInteger(left) && isInteger(right)
      ? calculateIntegers(operator, left, right, isDouble, message)
      : calculateDoubles(operator, Number(left), Number(right));
  }
  if (operator === '+' && (typeof left === 'string' || typeof right === 'string')) {
    return join(textOf(left), textOf(right));
  }
  return calculateDates(operator, left, right);
}

/** Negates a number (zero has no sign); returns null for any other value. */
export function negate(value: PropertyValue): PropertyValue {
  if (typeof value === 'number') return value === 0 ? 0 : -value;
  return typeof value === 'bigint' ? fromBigInt(-value) : null;
}

function calculateIntegers<M>(
  operator: ArithmeticOperator,
  left: Numeric,
  right: Numeric,
  isDouble: (message: M) => boolean,
  message: M,
): Numeric | null {
  if (typeof left === 'number' && typeof right === 'number') {
    const exact = calculateDoubles(operator, left, right);
    // Integers have no -0: adding 0 turns it into 0.
    if (Number.isSafeInteger(exact)) return exact + 0;
    if (operator === '/' || operator === '%') {
      if (isDouble(message)) return exact;
      return right === 0 ? null : Math.trunc(exact) + 0;
    }
  }
  if (isDouble(message)) return calculateDoubles(operator, Number(left), Number(right));
  if ((operator === '/' || operator === '%') && Number(right) === 0) return null;
  return fromBigInt(calculateLongs(operator, BigInt(left), BigInt(right)));
}

function calculateLongs(operator: ArithmeticOperator, left: bigint, right: bigint): bigint {
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return left / right;
    case '%':
      return left % right;
  }
}

function calculateDoubles(operator: ArithmeticOperator, left: number, right: number): number {
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return left / right;
    case '%':
      return left % right;
  }
}

function calculateDates(
  operator: ArithmeticOperator,
  left: PropertyValue,
  right: PropertyValue,
): PropertyValue {
  if (operator === '-' && left instanceof Date && right instanceof Date) {
    return left.getTime() - right.getTime();
  }
  if (operator === '-' && left instanceof Date && typeof right === 'number') return shift(left, -right);
  if (operator === '+' && left instanceof Date && typeof right === 'number') return shift(left, right);
  if (operator === '+' && typeof left === 'number' && right instanceof Date) return shift(right, left);
  return null;
}

function shift(date: Date, byMs: number): Date | null {
  const shifted = new Date(date.getTime() + byMs);
  return Number.isNaN(shifted.getTime()) ? null : shifted;
}

function join(left: string | null, right: string | null): string | null {
  if (left === null || right === null) return null;
  return left.length + right.length > MAXIMUM_TEXT_LENGTH ? null : left + right;
}

function isNumeric(value: PropertyValue): value is Numeric {
  return typeof value === 'number' || typeof value === 'bigint';
}

// A whole number beyond 2^53 that is not a bigint can only have been a double.
function isInteger(value: Numeric): boolean {
  return typeof value === 'bigint' || Number.isSafeInteger(value);
}
