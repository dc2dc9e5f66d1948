import { type PropertyValue } from '../../../model/filter/values/property-value.js';
import { contentElements } from './elements.js';
import { readInt64, readUint64 } from './int64.js';
import { TypeCode } from './type-code.js';
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
  0x40: () => null,
  0x41: () => true,
  0x42: () => false,
  0x43: () => 0,
  0x44: () => 0,
  0x45: () => [],
  0x50: (bytes, offset) => bytes.readUInt8(offset),
  0x51: (bytes, offset) => bytes.readInt8(offset),
  0x52: (bytes, offset) => bytes.readUInt8(offset),
  0x53: (bytes, offset) => bytes.readUInt8(offset),
  0x54: (bytes, offset) => bytes.readInt8(offset),
  0x55: (bytes, offset) => bytes.readInt8(offset),
  0x56: (bytes, offset) => bytes[offset] !== 0,
  0x60: (bytes, offset) => bytes.readUInt16BE(offset),
  0x61: (bytes, offset) => bytes.readInt16BE(offset),
  0x70: (bytes, offset) => bytes.readUInt32BE(offset),
  0x71: (bytes, offset) => bytes.readInt32BE(offset),
  0x72: (bytes, offset) => bytes.readFloatBE(offset),
  0x73: (bytes, offset) => characterOf(bytes.readUInt32BE(offset)),
  0x74: readBytes,
  0x80: readUint64,
  0x81: readInt64,
  0x82: (bytes, offset) => bytes.readDoubleBE(offset),
  0x83: (bytes, offset) => dateOf(readInt64(bytes, offset)),
  0x84: readBytes,
  0x94: readBytes,
  0x98: uuidText,
  0xa0: (bytes, offset, code) => readBytes(bytes, offset + 1, code, contentEnd(bytes, code, offset)),
  0xa1: (bytes, offset, code) => bytes.toString('utf8', offset + 1, contentEnd(bytes, code, offset)),
  0xa3: (bytes, offset, code) => bytes.toString('latin1', offset + 1, contentEnd(bytes, code, offset)),
  0xb0: (bytes, offset, code) => readBytes(bytes, offset + 4, code, contentEnd(bytes, code, offset)),
  0xb1: (bytes, offset, code) => bytes.toString('utf8', offset + 4, contentEnd(bytes, code, offset)),
  0xb3: (bytes, offset, code) => bytes.toString('latin1', offset + 4, contentEnd(bytes, code, offset)),
  0xc0: readList,
  0xc1: readMap,
  0xd0: readList,
  0xd1: readMap,
  0xe0: (bytes, offset) => readArray(bytes, offset + 2, bytes[offset + 1]!),
  0xf0: (bytes, offset) => readArray(bytes, offset + 8, bytes.readUInt32BE(offset + 4)),
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

// Formats a UUID's 16 bytes, in the order of RFC 4122.
function uuidText(bytes: Buffer, offset: number): string {
  const hex = bytes.toString('hex', offset, offset + 16);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

const LAST_DATE_MS = 8.64e15;

// A timestamp has 64 bits, a Date fewer: a time beyond its range becomes the last (or first) one within.
function dateOf(timeMs: number | bigint): Date {
  return new Date(Math.max(-LAST_DATE_MS, Math.min(LAST_DATE_MS, Number(timeMs))));
}
