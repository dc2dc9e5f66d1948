/** Kinds of values as bits, so that one comparison tells whether a field allows a value. */
export const Kind = {
  null: 1 << 0,
  boolean: 1 << 1,
  ubyte: 1 << 2,
  ushort: 1 << 3,
  uint: 1 << 4,
  ulong: 1 << 5,
  binary: 1 << 6,
  string: 1 << 7,
  symbol: 1 << 8,
  map: 1 << 9,
  array: 1 << 10,
  described: 1 << 11,
} as const;

const CODES: readonly (readonly [kind: number, ...codes: number[]])[] = [
  [Kind.described, 0x00],
  [Kind.null, 0x40],
  [Kind.boolean, 0x41, 0x42, 0x56],
  [Kind.ubyte, 0x50],
  [Kind.ushort, 0x60],
  [Kind.uint, 0x43, 0x52, 0x70],
  [Kind.ulong, 0x44, 0x53, 0x80],
  [Kind.binary, 0xa0, 0xb0],
  [Kind.string, 0xa1, 0xb1],
  [Kind.symbol, 0xa3, 0xb3],
  [Kind.map, 0xc1, 0xd1],
  [Kind.array, 0xe0, 0xf0],
];

/** By type code: the kind of its values; 0 for types that no performative's field has. */
export const KIND_OF = new Uint16Array(256);
for (const [kind, ...codes] of CODES) for (const code of codes) KIND_OF[code] = kind;
