/**
 * A value of one of the simple types. A number with a fraction is a double, one without is an integer; a bigint is a
 * long beyond 2^53.
 */
export type PropertyValue = string | number | bigint | boolean | Date | Uint8Array | null;
