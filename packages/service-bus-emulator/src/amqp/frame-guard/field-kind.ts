import { TypeCode } from '@nestjs-service-bus/amqp-message';

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
  [Kind.described, TypeCode.described],
  [Kind.null, TypeCode.null],
  [Kind.boolean, TypeCode.true, TypeCode.false, TypeCode.boolean],
  [Kind.ubyte, TypeCode.ubyte],
  [Kind.ushort, TypeCode.ushort],
  [Kind.uint, TypeCode.uint0, TypeCode.smallUint, TypeCode.uint],
  [Kind.ulong, TypeCode.ulong0, TypeCode.smallUlong, TypeCode.ulong],
  [Kind.binary, TypeCode.binary8, TypeCode.binary32],
  [Kind.string, TypeCode.string8, TypeCode.string32],
  [Kind.symbol, TypeCode.symbol8, TypeCode.symbol32],
  [Kind.map, TypeCode.map8, TypeCode.map32],
  [Kind.array, TypeCode.array8, TypeCode.array32],
];

/** By type code: the kind of its values; 0 for types that no performative's field has. */
export const KIND_OF = new Uint16Array(256);
for (const [kind, ...codes] of CODES) for (const code of codes) KIND_OF[code] = kind;
