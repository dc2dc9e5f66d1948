import { TypeCode } from '@nestjs-service-bus/amqp-message';

import { MalformedMessageError } from './malformed-message-error.js';
import { readPropertyValue } from './read-value.js';

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
 * A message or correlation id, which has four types [AMQP 3.2.11], as one text: a string as it is, a UUID in its
 * canonical form, a ulong in decimal, a binary in hexadecimal; undefined for null. `offset`: checkIdentifier has passed it.
 */
export function readIdentifier(bytes: Buffer, offset: number): string | undefined {
  const value = readPropertyValue(bytes, offset);
  if (value === null) return undefined;
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : String(value);
}

/** Throws MalformedMessageError for what readIdentifier could not read. */
export function checkIdentifier(bytes: Buffer, offset: number): void {
  if (!TYPES.includes(bytes[offset]!)) throw new MalformedMessageError(offset, 'an id of the wrong type');
}
