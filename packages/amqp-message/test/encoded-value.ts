import { TypeCode } from '@nestjs-service-bus/amqp-message';
import fc from 'fast-check';

/** An AMQP value as bytes, and whether the transport's reader takes it or leaves it to rhea. */
export interface EncodedValue {
  readonly bytes: Buffer;
  readonly isPlain: boolean;
}

const { null: none, true: yes, false: no, uint0, ulong0, list0 } = TypeCode;
const { ubyte, byte, smallUint, smallUlong, smallInt, smallLong, ushort, short, uint, int } = TypeCode;
const { float, double, uuid, boolean, char, decimal32, decimal64, decimal128 } = TypeCode;

/** Types whose every value is any bytes of this width. */
const WIDTHS: readonly (readonly [width: number, isPlain: boolean, ...codes: number[]])[] = [
  [0, true, none, yes, no, uint0, ulong0],
  [0, false, list0],
  [1, true, ubyte, byte, smallUint, smallUlong, smallInt, smallLong],
  [1, false, boolean],
  [2, true, ushort, short],
  [4, true, uint, int, float],
  [4, false, char, decimal32],
  [8, true, double],
  [8, false, decimal64],
  [16, true, uuid],
  [16, false, decimal128],
];

const fixed = fc.oneof(
  ...WIDTHS.flatMap(([width, isPlain, ...codes]) =>
    codes.map((code) =>
      fc
        .uint8Array({ minLength: width, maxLength: width })
        .map((content) => ({ bytes: Buffer.from([code, ...content]), isPlain })),
    ),
  ),
);

const int64 = (code: number, value: bigint): EncodedValue => {
  const bytes = Buffer.alloc(9, code);
  bytes.writeBigUInt64BE(BigInt.asUintN(64, value), 1);
  return { bytes, isPlain: value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER };
};
/** rhea makes a rounded number, instead of eight bytes, of the first integers beyond those that are safe. */
const isRounded = (value: bigint): boolean => {
  const magnitude = value < 0n ? -value : value;
  return magnitude >= 2n ** 53n && magnitude < 2n ** 53n + 2n ** 32n;
};
const safe = fc.maxSafeInteger().map(BigInt);
const signed = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const unsigned = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const wide = fc.oneof(
  fc
    .oneof(safe, signed)
    .filter((value) => !isRounded(value))
    .map((value) => int64(TypeCode.long, value)),
  fc
    .oneof(fc.maxSafeNat().map(BigInt), unsigned)
    .filter((value) => !isRounded(value))
    .map((value) => int64(TypeCode.ulong, value)),
  // Of those that no Date can tell, each reader makes something else.
  fc.integer({ min: -8.64e15, max: 8.64e15 }).map((timeMs) => int64(TypeCode.timestamp, BigInt(timeMs))),
);

function sized(code8: number, code32: number, content: Uint8Array, isShort: boolean): Buffer {
  if (isShort && content.length < 256) return Buffer.concat([Buffer.of(code8, content.length), content]);
  const head = Buffer.alloc(5, code32);
  head.writeUInt32BE(content.length, 1);
  return Buffer.concat([head, content]);
}

function compound(code8: number, code32: number, count: number, content: Buffer, isShort: boolean): Buffer {
  if (isShort && content.length < 255 && count < 256) {
    return Buffer.concat([Buffer.of(code8, content.length + 1, count), content]);
  }
  const head = Buffer.alloc(9, code32);
  head.writeUInt32BE(content.length + 4, 1);
  head.writeUInt32BE(count, 5);
  return Buffer.concat([head, content]);
}

/** [AMQP 1.6.21] A symbol is ASCII. */
const ascii = fc.string({ unit: 'binary-ascii', maxLength: 300 });
const text = fc.string({ unit: 'binary', maxLength: 300 });
export const stringValue = fc.tuple(text, fc.boolean()).map(([value, isShort]) => ({
  bytes: sized(TypeCode.string8, TypeCode.string32, Buffer.from(value), isShort),
  isPlain: true,
}));
export const symbolValue = fc.tuple(ascii, fc.boolean()).map(([value, isShort]) => ({
  bytes: sized(TypeCode.symbol8, TypeCode.symbol32, Buffer.from(value), isShort),
  isPlain: true,
}));
const binary = fc.tuple(fc.uint8Array({ maxLength: 300 }), fc.boolean()).map(([value, isShort]) => ({
  bytes: sized(TypeCode.binary8, TypeCode.binary32, value, isShort),
  isPlain: true,
}));

/** A value of any type but a list, a map, an array or a described one. */
export const simpleValue: fc.Arbitrary<EncodedValue> = fc.oneof(
  { weight: 4, arbitrary: fixed },
  { weight: 2, arbitrary: wide },
  stringValue,
  symbolValue,
  binary,
);

/** rhea looks a descriptor up among its own, and fails on a name that every object has (`toString`, `__proto__`). */
const descriptor = symbolValue.filter(
  ({ bytes }) => !(bytes.toString('latin1', bytes[0] === TypeCode.symbol8 ? 2 : 5) in {}),
);

const array = fc
  .tuple(
    fc.constantFrom(...WIDTHS.filter(([width]) => width > 0)),
    fc.nat(),
    fc.nat({ max: 20 }),
    fc.boolean(),
  )
  .chain(([[width, , ...codes], which, count, isShort]) =>
    fc.uint8Array({ minLength: width * count, maxLength: width * count }).map((content) => ({
      bytes: compound(
        TypeCode.array8,
        TypeCode.array32,
        count,
        Buffer.from([codes[which % codes.length]!, ...content]),
        isShort,
      ),
      isPlain: false,
    })),
  );

const { value } = fc.letrec<{
  value: EncodedValue;
  list: EncodedValue;
  map: EncodedValue;
  described: EncodedValue;
}>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    { weight: 5, arbitrary: simpleValue },
    array,
    tie('list'),
    tie('map'),
    tie('described'),
  ),
  list: fc.tuple(fc.array(tie('value'), { maxLength: 5 }), fc.boolean()).map(([items, isShort]) => {
    const content = Buffer.concat(items.map(({ bytes }) => bytes));
    return {
      bytes: compound(TypeCode.list8, TypeCode.list32, items.length, content, isShort),
      isPlain: false,
    };
  }),
  map: fc
    .tuple(
      fc.uniqueArray(fc.tuple(text, tie('value')), { maxLength: 5, selector: ([key]) => key }),
      fc.boolean(),
    )
    .map(([entries, isShort]) => {
      const pieces = entries.flatMap(([key, { bytes }]) => [
        sized(TypeCode.string8, TypeCode.string32, Buffer.from(key), true),
        bytes,
      ]);
      const content = Buffer.concat(pieces);
      return {
        bytes: compound(TypeCode.map8, TypeCode.map32, pieces.length, content, isShort),
        isPlain: false,
      };
    }),
  described: fc.tuple(descriptor, tie('value')).map(([descriptor, content]) => ({
    bytes: Buffer.concat([Buffer.of(TypeCode.described), descriptor.bytes, content.bytes]),
    isPlain: false,
  })),
}));

/** A value of any type. */
export const anyValue: fc.Arbitrary<EncodedValue> = value;
