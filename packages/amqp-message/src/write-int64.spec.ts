import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { writeInt64 } from './write-int64.js';

describe('writeInt64', () => {
  it('writes any safe integer as Buffer does, and nothing beside it', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (value) => {
        const expected = Buffer.alloc(10, 0xee);
        expected.writeBigInt64BE(BigInt(value), 1);
        const bytes = Buffer.alloc(10, 0xee);
        expect(writeInt64(bytes, value, 1)).toBe(9);
        expect(bytes).toEqual(expected);
      }),
    );
  });
});
