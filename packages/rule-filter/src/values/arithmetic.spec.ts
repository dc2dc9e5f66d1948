import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { type PropertyValue } from './property-value.js';
import { type ArithmeticOperator, calculate, negate } from './arithmetic.js';

const MINIMUM_LONG = -(2n ** 63n);
const MAXIMUM_LONG = 2n ** 63n - 1n;

function result(
  left: PropertyValue,
  operator: ArithmeticOperator,
  right: PropertyValue,
  isDouble = false,
): PropertyValue {
  return calculate(operator, left, right, () => isDouble, undefined);
}

describe('arithmetic', () => {
  it.each<[PropertyValue, ArithmeticOperator, PropertyValue, PropertyValue]>([
    [7, '/', 2, 3],
    [-7, '/', 2, -3],
    [7, '%', -2, 1],
    [-7, '%', 2, -1],
    [7.5, '/', 2, 3.75],
    [7.5, '%', 2, 1.5],
    [0, '*', -5, 0],
    [1, '/', 0, null],
    [1, '%', 0, null],
    [2n ** 60n, '/', 0, null],
    [1.5, '/', 0, Infinity],
    [9007199254740991, '+', 1, 2n ** 53n],
    [2n ** 53n, '-', 1, 9007199254740991],
    [3037000499, '*', 3037000499, 9223372030926249001n],
    [3037000500, '*', 3037000500, -9223372036709301616n],
    [MAXIMUM_LONG, '+', 1, MINIMUM_LONG],
    [MINIMUM_LONG, '/', -1, MINIMUM_LONG],
    [2n ** 60n, '%', 7, 1],
    [2n ** 60n, '+', 0.5, 2 ** 60],
    [1e20, '/', 3, 1e20 / 3],
    ['a', '+', 'b', 'ab'],
    ['a', '+', 1, 'a1'],
    [2.5, '+', 'a', '2.5a'],
    ['a', '+', true, 'aTrue'],
    ['a', '+', new Date(0), 'a1970-01-01T00:00:00.000Z'],
    ['a', '+', new Uint8Array(1), null],
    ['a', '-', 'b', null],
    [true, '+', 1, null],
    [new Date(5000), '-', new Date(2000), 3000],
    [new Date(5000), '-', 1000, new Date(4000)],
    [new Date(5000), '+', 1000, new Date(6000)],
    [1000, '+', new Date(5000), new Date(6000)],
    [new Date(5000), '*', 2, null],
    [new Date(8.64e15), '+', 1, null],
    [null, '+', 1, null],
    ['a', '+', null, null],
  ])('%p %s %p is %p', (left, operator, right, expected) => {
    expect(result(left, operator, right)).toEqual(expected);
  });

  it.each<[PropertyValue, ArithmeticOperator, PropertyValue, PropertyValue]>([
    [7, '/', 2, 3.5],
    [1, '/', 0, Infinity],
    [5, '%', 0, NaN],
    [9007199254740991, '+', 2, 2 ** 53],
    [2n ** 60n, '/', 2 ** 10, 2 ** 50],
  ])('%p %s %p is %p if one of them is a double', (left, operator, right, expected) => {
    expect(result(left, operator, right, true)).toEqual(expected);
  });

  it('is exact for 64-bit integers', () => {
    const long = fc.oneof(fc.bigInt(MINIMUM_LONG, MAXIMUM_LONG), fc.bigInt(-20n, 20n));
    const asProperty = (value: bigint): PropertyValue =>
      Number.isSafeInteger(Number(value)) ? Number(value) : value;
    const truth = {
      '+': (left: bigint, right: bigint) => left + right,
      '-': (left: bigint, right: bigint) => left - right,
      '*': (left: bigint, right: bigint) => left * right,
      '/': (left: bigint, right: bigint) => left / right,
      '%': (left: bigint, right: bigint) => left % right,
    };
    fc.assert(
      fc.property(
        long,
        fc.constantFrom(...(['+', '-', '*', '/', '%'] as const)),
        long,
        (left, operator, right) => {
          fc.pre(right !== 0n);
          const expected = asProperty(BigInt.asIntN(64, truth[operator](left, right)));
          expect(result(asProperty(left), operator, asProperty(right))).toBe(expected);
        },
      ),
    );
  });
});

describe('a sign', () => {
  it.each<[PropertyValue, PropertyValue]>([
    [5, -5],
    [0, 0],
    [2n ** 60n, -(2n ** 60n)],
    [MINIMUM_LONG, MINIMUM_LONG],
    ['5', null],
    [null, null],
    [true, null],
  ])('turns %p into %p', (value, expected) => {
    expect(negate(value)).toBe(expected);
  });
});
