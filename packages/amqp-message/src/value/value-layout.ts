import { TypeCode } from '../type-code.js';

/** The layouts of values without a fixed width: the negative entries of LAYOUT_OF. */
export const SIZE_8 = -1;
export const SIZE_32 = -2;
export const COMPOUND_8 = -3;
export const COMPOUND_32 = -4;
export const ARRAY_8 = -5;
export const ARRAY_32 = -6;
export const UNKNOWN = -7;

// [AMQP 1.2.2] The high half of a type code tells how its value is laid out.
const LAYOUT_OF_CATEGORY: Readonly<Record<number, number>> = {
  0x4: 0,
  0x5: 1,
  0x6: 2,
  0x7: 4,
  0x8: 8,
  0x9: 16,
  0xa: SIZE_8,
  0xb: SIZE_32,
  0xc: COMPOUND_8,
  0xd: COMPOUND_32,
  0xe: ARRAY_8,
  0xf: ARRAY_32,
};

/** By type code: the width of the value in bytes, or one of the layouts above. */
export const LAYOUT_OF = new Int8Array(256).fill(UNKNOWN);
for (const code of Object.values(TypeCode)) LAYOUT_OF[code] = LAYOUT_OF_CATEGORY[code >>> 4] ?? UNKNOWN;
