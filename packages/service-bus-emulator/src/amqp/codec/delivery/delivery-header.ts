import { type Elements, elementsOf } from '../value/elements.js';
import { type EncodedMessage } from '../message/encoded-message.js';
import { Section } from '../message/section.js';
import { TypeCode } from '../value/type-code.js';
import { valueEnd } from '../value/value-end.js';

/** [AMQP 3.2.1] Durable, priority and time to live are the producer's; the fifth field is the delivery count. */
const PRODUCER_FIELDS = 3;
const DELIVERY_COUNT_INDEX = 4;
const HEAD_LENGTH = 6;

const NO_FIELDS: Elements = { count: 0, start: 0, end: 0 };

/** Locates the header fields that a delivery repeats as the producer encoded them. */
export function producerFields({ bytes, places }: EncodedMessage): Elements {
  if (places.header < 0) return NO_FIELDS;
  const { count: all, start } = elementsOf(bytes, places.header);
  const count = Math.min(all, PRODUCER_FIELDS);
  let end = start;
  for (let index = 0; index < count; index++) end = valueEnd(bytes, end);
  return { count, start, end };
}

export function headerLength(fields: Elements, deliveryCount: number): number {
  return HEAD_LENGTH + listLength(fields, deliveryCount);
}

/** Writes the header's section and returns the offset after it. */
export function writeHeader(
  delivery: Buffer,
  message: EncodedMessage,
  fields: Elements,
  deliveryCount: number,
): number {
  delivery[0] = TypeCode.described;
  delivery[1] = TypeCode.smallUlong;
  delivery[2] = Section.header;
  delivery[3] = TypeCode.list8;
  delivery[4] = listLength(fields, deliveryCount) + 1;
  delivery[5] = DELIVERY_COUNT_INDEX + 1;
  let at = HEAD_LENGTH;
  for (let from = fields.start; from < fields.end; from++) delivery[at++] = message.bytes[from]!;
  for (let index = fields.count; index < DELIVERY_COUNT_INDEX; index++) delivery[at++] = TypeCode.null;
  return writeUint(delivery, deliveryCount, at);
}

function listLength(fields: Elements, deliveryCount: number): number {
  return fields.end - fields.start + DELIVERY_COUNT_INDEX - fields.count + uintLength(deliveryCount);
}

function uintLength(value: number): number {
  if (value === 0) return 1;
  return value <= 0xff ? 2 : 5;
}

function writeUint(bytes: Buffer, value: number, offset: number): number {
  const length = uintLength(value);
  bytes[offset] = length === 1 ? TypeCode.uint0 : length === 2 ? TypeCode.smallUint : TypeCode.uint;
  if (length === 2) bytes[offset + 1] = value;
  if (length === 5) bytes.writeUInt32BE(value, offset + 1);
  return offset + length;
}
