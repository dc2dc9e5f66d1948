import { type PropertyValue } from './property-value.js';

export type ComparisonOperator = '=' | '<>' | '<' | '<=' | '>' | '>=';

/** The result of a condition: true, false, or null for unknown. */
export type Truth = boolean | null;

/** Compares two values: unknown if one is null, or if the comparison is not defined for their types. */
export type Comparison = (left: PropertyValue, right: PropertyValue) => Truth;

export const comparisons: Record<ComparisonOperator, Comparison> = {
  '=': isEqual,
  '<>': (left, right) => not(isEqual(left, right)),
  '<': (left, right) => {
    const sign = order(left, right);
    return sign === null ? null : sign < 0;
  },
  '<=': (left, right) => {
    const sign = order(left, right);
    return sign === null ? null : sign <= 0;
  },
  '>': (left, right) => {
    const sign = order(left, right);
    return sign === null ? null : sign > 0;
  },
  '>=': (left, right) => {
    const sign = order(left, right);
    return sign === null ? null : sign >= 0;
  },
};

export function not(truth: Truth): Truth {
  return truth === null ? null : !truth;
}

/** Compares by value: strings with regard to case, numbers whatever their width. */
export function isEqual(left: PropertyValue, right: PropertyValue): Truth {
  if (left === null || right === null) return null;
  if (typeof left === 'string' || typeof left === 'boolean') {
    return typeof left === typeof right ? left === right : null;
  }
  if (left instanceof Uint8Array) return right instanceof Uint8Array ? hasSameBytes(left, right) : null;
  const sign = order(left, right);
  return sign === null ? null : sign === 0;
}

/** Returns a number below, equal to or above 0 as left is before, equal to or after right; null if not comparable. */
function order(left: PropertyValue, right: PropertyValue): number | null {
  if (typeof left === 'string') return typeof right === 'string' ? signOf(left, right) : null;
  if (typeof left === 'number' || typeof left === 'bigint') {
    return typeof right === 'number' || typeof right === 'bigint' ? signOf(left, right) : null;
  }
  if (left instanceof Date && right instanceof Date) return signOf(left.getTime(), right.getTime());
  return null;
}

// JavaScript orders strings by code unit, and numbers and bigints by exact value, as required here.
function signOf<Ordered extends string | number | bigint>(left: Ordered, right: Ordered): number {
  if (left < right) return -1;
  if (left > right) return 1;
  return left >= right ? 0 : NaN;
}

function hasSameBytes(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, index) => byte === right[index]);
}
