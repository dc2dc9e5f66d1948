import { describe, expect, it } from '@jest/globals';
import { ValueWriter } from '../value-writer.js';

import { type PropertyValue } from './property-value.js';
import { readValue } from './read-value.js';
import { SkipBudget, skipValue } from './skip-value.js';
import { writeValue } from './write-value.js';

const encode = (value: PropertyValue): Buffer => {
  const writer = new ValueWriter(1);
  writeValue(value, writer);
  return writer.written();
};

describe('writeValue', () => {
  it.each<[string, PropertyValue, string]>([
    ['null', null, '40'],
    ['true', true, '41'],
    ['false', false, '42'],
    ['an integer as int', 5_000, '7100001388'],
    ['a negative integer as int', -5_000, '71ffffec78'],
    ['an integer of one byte as a short int', 5, '5405'],
    ['a negative integer of one byte as a short int', -1, '54ff'],
    ['minus zero as int', -0, '5400'],
    ['the least int', -2_147_483_648, '7180000000'],
    ['an integer beyond 32 bits as long', 2_147_483_648, '810000000080000000'],
    ['a bigint as long', 9_007_199_254_740_993n, '810020000000000001'],
    ['a negative bigint as long', -1n, '81ffffffffffffffff'],
    ['a bigint beyond 63 bits as ulong', 18_446_744_073_709_551_615n, '80ffffffffffffffff'],
    ['a bigint beyond 64 bits as double', 2n ** 64n, '8243f0000000000000'],
    ['a fraction as double', 1.5, '823ff8000000000000'],
    ['a whole number that is not exact as double', 1e300, '827e37e43c8800759c'],
    ['infinity as double', Infinity, '827ff0000000000000'],
    ['a date as timestamp', new Date(1_700_000_000_000), '830000018bcfe56800'],
    ['a date before 1970 as timestamp', new Date(-1), '83ffffffffffffffff'],
    ['a date that is none as the epoch', new Date(NaN), '830000000000000000'],
    ['bytes as binary', new Uint8Array([0, 255]), 'a00200ff'],
    ['a text as string, in UTF-8', 'é', 'a102c3a9'],
  ])('writes %s', (_name, value, hex) => {
    expect(encode(value).toString('hex')).toBe(hex);
  });

  it.each(['x'.repeat(255), 'x'.repeat(256), 'é'.repeat(128)])(
    'writes long texts so that they read back',
    (text) => {
      const bytes = encode(text);
      expect(skipValue(bytes, 0, bytes.length, new SkipBudget())).toBe(bytes.length);
      expect(readValue(bytes, 0)).toBe(text);
    },
  );
});
