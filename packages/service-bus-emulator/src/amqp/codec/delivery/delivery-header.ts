import {
  type Elements,
  elementsOf,
  HeaderField,
  Section,
  valueEnd,
  type ValueWriter,
} from '@nestjs-service-bus/amqp-message';

import { type EncodedMessage } from '../message/encoded-message.js';

/** [AMQP 3.2.1] Durable, priority, time to live and first-acquirer are the producer's: all but the delivery count. */
const PRODUCER_FIELDS = HeaderField.deliveryCount;

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

export function headerLength({ count, start, end }: Elements, deliveryCount: number): number {
  const countLength = deliveryCount === 0 ? 1 : deliveryCount < 256 ? 2 : 5;
  return HEAD_LENGTH + end - start + HeaderField.deliveryCount - count + countLength;
}

/** [AMQP 3.2.1] Writes the header of a delivery. */
export function writeHeader(
  { bytes }: EncodedMessage,
  { count, start, end }: Elements,
  deliveryCount: number,
  writer: ValueWriter,
): void {
  writer.descriptor(Section.header);
  const list = writer.beginShortList();
  writer.encoded(bytes, start, end);
  for (let index = count; index < HeaderField.deliveryCount; index++) writer.null();
  writer.uint(deliveryCount);
  writer.endShort(list, HeaderField.deliveryCount + 1);
}
