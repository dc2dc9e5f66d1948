import { type PropertyValue } from '../../../model/filter/values/property-value.js';
import { TypeCode } from './type-code.js';

/** Encodes a property value: an integer as int or, beyond 32 bits, as long; a Date as timestamp. */
export function writeValue(value: PropertyValue): Buffer {
  if (value === null) return Buffer.of(TypeCode.null);
  if (typeof value === 'boolean') return Buffer.of(value ? TypeCode.true : TypeCode.false);
  if (typeof value === 'string') return writeString(value);
  if (typeof value === 'number') return writeNumber(value);
  if (typeof value === 'bigint') return writeInteger(value);
  if (value instanceof Date) return writeTimestamp(value);
  return writeSized(TypeCode.binary8, TypeCode.binary32, value);
}

export function writeString(text: string): Buffer {
  return writeSized(TypeCode.string8, TypeCode.string32, Buffer.from(text, 'utf8'));
}

export function writeSymbol(text: string): Buffer {
  return writeSized(TypeCode.symbol8, TypeCode.symbol32, Buffer.from(text, 'latin1'));
}

function writeSized(code8: number, code32: number, content: Uint8Array): Buffer {
  if (content.length <= 0xff) return Buffer.concat([Buffer.of(code8, content.length), content]);
  const head = Buffer.allocUnsafe(5);
  head[0] = code32;
  head.writeUInt32BE(content.length, 1);
  return Buffer.concat([head, content]);
}

function writeNumber(value: number): Buffer {
  if (!Number.isSafeInteger(value)) return writeDouble(value);
  if (value !== (value | 0)) return writeInteger(BigInt(value));
  const bytes = Buffer.allocUnsafe(5);
  bytes[0] = TypeCode.int;
  bytes.writeInt32BE(value, 1);
  return bytes;
}

// AMQP has no integers beyond 64 bits: such a value becomes a double.
function writeInteger(value: bigint): Buffer {
  const signed = BigInt.asIntN(64, value) === value;
  if (!signed && BigInt.asUintN(64, value) !== value) return writeDouble(Number(value));
  const bytes = Buffer.allocUnsafe(9);
  bytes[0] = signed ? TypeCode.long : TypeCode.ulong;
  bytes.writeBigUInt64BE(BigInt.asUintN(64, value), 1);
  return bytes;
}

function writeDouble(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(9);
  bytes[0] = TypeCode.double;
  bytes.writeDoubleBE(value, 1);
  return bytes;
}

function writeTimestamp(value: Date): Buffer {
  const bytes = Buffer.allocUnsafe(9);
  bytes[0] = TypeCode.timestamp;
  // An invalid Date has no time; other AMQP encoders write the epoch.
  bytes.writeBigInt64BE(BigInt(value.getTime() || 0), 1);
  return bytes;
}
