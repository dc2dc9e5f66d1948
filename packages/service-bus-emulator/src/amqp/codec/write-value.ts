import { type ValueWriter } from '@nestjs-service-bus/amqp-message';

import { type PropertyValue } from '../../model/property-value.js';

/** Writes a property value: integers as int or, beyond 32 bits, long; a Date as timestamp. */
export function writeValue(value: PropertyValue, writer: ValueWriter): void {
  if (value === null) writer.null();
  else if (typeof value === 'boolean') writer.boolean(value);
  else if (typeof value === 'string') writer.string(value);
  else if (typeof value === 'number') writeNumber(value, writer);
  else if (typeof value === 'bigint') writeInteger(value, writer);
  // An invalid Date has no time; the epoch is what other AMQP encoders make of it.
  else if (value instanceof Date) writer.timestamp(value.getTime() || 0);
  else writer.binary(value);
}

function writeNumber(value: number, writer: ValueWriter): void {
  if (!Number.isSafeInteger(value)) writer.double(value);
  else if (value === (value | 0)) writer.int(value);
  else writer.long(value);
}

// AMQP has no integer beyond 64 bits: such a value is a double, as in every arithmetic that overflows.
function writeInteger(value: bigint, writer: ValueWriter): void {
  const fits = BigInt.asIntN(64, value) === value || BigInt.asUintN(64, value) === value;
  if (fits) writer.bigint(value);
  else writer.double(Number(value));
}
