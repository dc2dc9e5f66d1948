import { TypeCode } from '../type-code.js';
import { uuidText } from '../guid.js';

import { type PropertyValue } from './property-value.js';
import { contentElements } from './elements.js';
import { readInt64, readUint64 } from './int64.js';
import { contentEnd, valueEnd } from './value-end.js';

/** Any AMQP value. Lists and arrays become arrays; a described value loses its descriptor. */
export type AmqpValue = PropertyValue | AmqpValue[] | Map<AmqpValue, AmqpValue>;

/** Reads the value at `offset`, which skipValue must have accepted. */
export function readValue(bytes: Buffer, offset: number): AmqpValue {
  let at = offset;
  while (bytes[at] === TypeCode.described) at = valueEnd(bytes, at + 1);
  return readContent(bytes, bytes[at]!, at + 1);
}

/** Reads the value at `offset` as rules see it: null for a map, list or array, which no rule can compare. */
export function readPropertyValue(bytes: Buffer, offset: number): PropertyValue {
  const value = readValue(bytes, offset);
  return Array.isArray(value) || value instanceof Map ? null : value;
}

function readContent(bytes: Buffer, code: number, offset: number): AmqpValue {
  const read = READERS[code];
  return read === undefined ? null : read(bytes, offset, code);
}

type Reader = (bytes: Buffer, offset: number, code: number) => AmqpValue;

const READERS: Readonly<Record<number, Reader>> = {
  [TypeCode.null]: () => null,
  [TypeCode.true]: () => true,
  [TypeCode.false]: () => false,
  [TypeCode.uint0]: () => 0,
  [TypeCode.ulong0]: () => 0,
  [TypeCode.list0]: () => [],
  [TypeCode.ubyte]: (bytes, offset) => bytes.readUInt8(offset),
  [TypeCode.byte]: (bytes, offset) => bytes.readInt8(offset),
  [TypeCode.smallUint]: (bytes, offset) => bytes.readUInt8(offset),
  [TypeCode.smallUlong]: (bytes, offset) => bytes.readUInt8(offset),
  [TypeCode.smallInt]: (bytes, offset) => bytes.readInt8(offset),
  [TypeCode.smallLong]: (bytes, offset) => bytes.readInt8(offset),
  [TypeCode.boolean]: (bytes, offset) => bytes[offset] !== 0,
  [TypeCode.ushort]: (bytes, offset) => bytes.readUInt16BE(offset),
  [TypeCode.short]: (bytes, offset) => bytes.readInt16BE(offset),
  [TypeCode.uint]: (bytes, offset) => bytes.readUInt32BE(offset),
  [TypeCode.int]: (bytes, offset) => bytes.readInt32BE(offset),
  [TypeCode.float]: (bytes, offset) => bytes.readFloatBE(offset),
  [TypeCode.char]: (bytes, offset) => characterOf(bytes.readUInt32BE(offset)),
  [TypeCode.decimal32]: readBytes,
  [TypeCode.ulong]: readUint64,
  [TypeCode.long]: readInt64,
  [TypeCode.double]: (bytes, offset) => bytes.readDoubleBE(offset),
  [TypeCode.timestamp]: (bytes, offset) => dateOf(readInt64(bytes, offset)),
  [TypeCode.decimal64]: readBytes,
  [TypeCode.decimal128]: readBytes,
  [TypeCode.uuid]: uuidText,
  [TypeCode.binary8]: (bytes, offset, code) =>
    readBytes(bytes, offset + 1, code, contentEnd(bytes, code, offset)),
  [TypeCode.string8]: (bytes, offset, code) =>
    bytes.toString('utf8', offset + 1, contentEnd(bytes, code, offset)),
  [TypeCode.symbol8]: (bytes, offset, code) =>
    bytes.toString('latin1', offset + 1, contentEnd(bytes, code, offset)),
  [TypeCode.binary32]: (bytes, offset, code) =>
    readBytes(bytes, offset + 4, code, contentEnd(bytes, code, offset)),
  [TypeCode.string32]: (bytes, offset, code) =>
    bytes.toString('utf8', offset + 4, contentEnd(bytes, code, offset)),
  [TypeCode.symbol32]: (bytes, offset, code) =>
    bytes.toString('latin1', offset + 4, contentEnd(bytes, code, offset)),
  [TypeCode.list8]: readList,
  [TypeCode.map8]: readMap,
  [TypeCode.list32]: readList,
  [TypeCode.map32]: readMap,
  [TypeCode.array8]: (bytes, offset) => readArray(bytes, offset + 2, bytes[offset + 1]!),
  [TypeCode.array32]: (bytes, offset) => readArray(bytes, offset + 8, bytes.readUInt32BE(offset + 4)),
};

// Used for decimals, too, which JavaScript does not have. Copies: a value must not keep a whole message alive.
function readBytes(
  bytes: Buffer,
  offset: number,
  code: number,
  end = contentEnd(bytes, code, offset),
): Uint8Array {
  return new Uint8Array(bytes.subarray(offset, end));
}

function readList(bytes: Buffer, offset: number, code: number): AmqpValue[] {
  const { count, start } = contentElements(bytes, code, offset);
  const values: AmqpValue[] = [];
  for (let at = start; values.length < count; at = valueEnd(bytes, at)) values.push(readValue(bytes, at));
  return values;
}

function readMap(bytes: Buffer, offset: number, code: number): Map<AmqpValue, AmqpValue> {
  const elements = readList(bytes, offset, code);
  const map = new Map<AmqpValue, AmqpValue>();
  for (let index = 0; index < elements.length; index += 2) map.set(elements[index]!, elements[index + 1]!);
  return map;
}

function readArray(bytes: Buffer, offset: number, count: number): AmqpValue[] {
  let at = offset;
  while (bytes[at] === TypeCode.described) at = valueEnd(bytes, at + 1);
  const code = bytes[at++]!;
  const values: AmqpValue[] = [];
  for (; values.length < count; at = contentEnd(bytes, code, at)) values.push(readContent(bytes, code, at));
  return values;
}

function characterOf(codePoint: number): string {
  return codePoint > 0x10ffff ? '\ufffd' : String.fromCodePoint(codePoint);
}

const LAST_DATE_MS = 8.64e15;

// A timestamp has 64 bits, a Date fewer: a time beyond its range becomes the last (or first) one within.
function dateOf(timeMs: number | bigint): Date {
  return new Date(Math.max(-LAST_DATE_MS, Math.min(LAST_DATE_MS, Number(timeMs))));
}
