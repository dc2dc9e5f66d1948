const LONG_BITS = 64;
const MINIMUM_LONG = -(2n ** 63n);
const MAXIMUM_LONG = 2n ** 63n - 1n;

/** Tells whether a value fits into 64 bits, as every integer of an expression must. */
export function isLong(value: bigint): boolean {
  return value >= MINIMUM_LONG && value <= MAXIMUM_LONG;
}

/** Returns a long as a PropertyValue: a number if exact, else a bigint. Wraps around beyond 64 bits, as C# does. */
export function fromBigInt(value: bigint): number | bigint {
  const long = isLong(value) ? value : BigInt.asIntN(LONG_BITS, value);
  const number = Number(long);
  return Number.isSafeInteger(number) ? number : long;
}
