import { describe, expect, it } from '@jest/globals';

import { type PropertyValue } from './property-value.js';
import { convertToTypeOf } from './convert-to-type-of.js';

describe('the type that a changed property keeps', () => {
  const bytes = new Uint8Array([1]);

  it.each<[PropertyValue, PropertyValue, PropertyValue]>([
    [null, 'x', 'x'],
    ['x', null, null],
    ['x', 5, '5'],
    ['x', 2.5, '2.5'],
    ['x', 2n ** 60n, '1152921504606846976'],
    ['x', false, 'False'],
    ['x', new Date(0), '1970-01-01T00:00:00.000Z'],
    ['x', bytes, bytes],
    [1, '5', 5],
    [1, '+5', 5],
    [1, '-5', -5],
    [1, '2.5', 2.5],
    [1, '1e3', 1000],
    [1, '9223372036854775807', 2n ** 63n - 1n],
    [1, '9223372036854775808', '9223372036854775808'],
    [2n ** 60n, '5', 5],
    [1, '', ''],
    [1, '1x', '1x'],
    [1, '1e999', '1e999'],
    [1, 2.5, 2.5],
    [1, true, true],
    [true, 'FALSE', false],
    [true, 'yes', 'yes'],
    [true, 0, 0],
    [new Date(9), '1970-01-01', new Date(0)],
    [new Date(9), '1970-01-01T00:00:01', new Date(1000)],
    [new Date(9), '1970-01-01T01:00:00+01:00', new Date(0)],
    [new Date(9), '1970-01-01T00:00:00.250Z', new Date(250)],
    [new Date(9), '1970-13-01', '1970-13-01'],
    [new Date(9), 'soon', 'soon'],
    [new Date(9), 5, 5],
    [bytes, 'x', 'x'],
  ])('has %p become, by %p, %p', (existing, value, expected) => {
    expect(convertToTypeOf(existing, value)).toEqual(expected);
  });
});
