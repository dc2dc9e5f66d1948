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

// [AMQP 1.6] All types. Any other code is invalid, whatever its category.
const KNOWN_CODES = [
  ...[0x40, 0x41, 0x42, 0x43, 0x44, 0x45, 0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x60, 0x61],
  ...[0x70, 0x71, 0x72, 0x73, 0x74, 0x80, 0x81, 0x82, 0x83, 0x84, 0x94, 0x98],
  ...[0xa0, 0xa1, 0xa3, 0xb0, 0xb1, 0xb3, 0xc0, 0xc1, 0xd0, 0xd1, 0xe0, 0xf0],
];

/** By type code: the width of the value in bytes, or one of the layouts above. */
export const LAYOUT_OF = new Int8Array(256).fill(UNKNOWN);
for (const code of KNOWN_CODES) LAYOUT_OF[code] = LAYOUT_OF_CATEGORY[code >>> 4] ?? UNKNOWN;
