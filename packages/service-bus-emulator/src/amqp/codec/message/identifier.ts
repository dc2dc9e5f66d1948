import { MalformedMessageError, readPropertyValue, TypeCode } from '@nestjs-service-bus/amqp-message';

const { null: none, ulong0, smallUlong, ulong, uuid, binary8, binary32, string8, string32 } = TypeCode;
const TYPES: readonly number[] = [
  none,
  ulong0,
  smallUlong,
  ulong,
  uuid,
  binary8,
  binary32,
  string8,
  string32,
];

/**
 * [AMQP 3.2.11] Reads a message or correlation id of any of its four types as a string: a UUID in canonical form, a
 * ulong in decimal, a binary in hexadecimal; undefined for null. `checkIdentifier` must have accepted the offset.
 */
export function readIdentifier(bytes: Buffer, offset: number): string | undefined {
  const value = readPropertyValue(bytes, offset);
  if (value === null) return undefined;
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : String(value);
}

/** Throws MalformedMessageError for an id that readIdentifier cannot read. */
export function checkIdentifier(bytes: Buffer, offset: number): void {
  if (!TYPES.includes(bytes[offset]!)) throw new MalformedMessageError(offset, 'an id of the wrong type');
}
