import { type ValueWriter } from '../value-writer.js';

import { type PropertyValue } from './property-value.js';

/** Writes a property value: an integer as int or, beyond 32 bits, as long; a Date as timestamp. */
export function writeValue(value: PropertyValue, writer: ValueWriter): void {
  if (value === null) writer.null();
  else if (typeof value === 'boolean') writer.boolean(value);
  else if (typeof value === 'string') writer.string(value);
  else if (typeof value === 'number') writeNumber(value, writer);
  else if (typeof value === 'bigint') writeInteger(value, writer);
  // An invalid Date has no time; other AMQP encoders write the epoch.
  else if (value instanceof Date) writer.timestamp(value.getTime() || 0);
  else writer.binary(value);
}

function writeNumber(value: number, writer: ValueWriter): void {
  if (!Number.isSafeInteger(value)) writer.double(value);
  else if (value === (value | 0)) writer.int(value);
  else writer.long(value);
}

// AMQP has no integers beyond 64 bits: such a value becomes a double.
function writeInteger(value: bigint, writer: ValueWriter): void {
  const fits = BigInt.asIntN(64, value) === value || BigInt.asUintN(64, value) === value;
  if (fits) writer.bigint(value);
  else writer.double(Number(value));
}
