import {
  Annotation,
  type Elements,
  elementsOf,
  Section,
  ValueWriter,
  writeInt64,
} from '@nestjs-service-bus/amqp-message';

import { type DeliveryStamp } from './delivery-stamp.js';
import { type EncodedMessage } from '../message/encoded-message.js';

// All of the broker's annotations but one have a fixed width: they form one block, which is copied whole before the
// values are written into it. The last of them, locked-until, is omitted unless the message is locked.
const template = new ValueWriter(256);
const SEQUENCE_NUMBER = valueAt(Annotation.sequenceNumber, () => template.long(0));
const ENQUEUED_SEQUENCE_NUMBER = valueAt(Annotation.enqueuedSequenceNumber, () => template.long(0));
const ENQUEUED_TIME = valueAt(Annotation.enqueuedTime, () => template.timestamp(0));
const MESSAGE_STATE = valueAt(Annotation.messageState, () => template.int(0));
const UNLOCKED_COUNT = 4;
const UNLOCKED_LENGTH = template.at;
const LOCKED_UNTIL = valueAt(Annotation.lockedUntil, () => template.timestamp(0));
const BLOCK = template.written();

/** Appends an annotation to the block and returns the offset of its value, after the type code. */
function valueAt(name: string, writeValue: () => void): number {
  template.symbol(name);
  const codeAt = template.at;
  writeValue();
  return codeAt + 1;
}

const HEAD_LENGTH = 12;
/** How much space the writer requires before it writes a dead letter's source. */
const ROOM_FOR_SOURCE = 128;
const MAX_UTF8_BYTES_PER_UNIT = 3;
const NO_ANNOTATIONS: Elements = { count: 0, start: 0, end: 0 };

/** Locates the producer's annotations, which a delivery repeats unchanged. */
export function producerAnnotations({ bytes, places }: EncodedMessage): Elements {
  return places.messageAnnotations < 0 ? NO_ANNOTATIONS : elementsOf(bytes, places.messageAnnotations);
}

/** Returns how many bytes the annotations take: at most so many if they name a dead letter's source. */
export function annotationsLength(
  own: Elements,
  { deadLetterSource: source, lockedUntilMs }: DeliveryStamp,
): number {
  const block = lockedUntilMs === undefined ? UNLOCKED_LENGTH : BLOCK.length;
  const length = HEAD_LENGTH + own.end - own.start + block;
  return source === undefined ? length : length + ROOM_FOR_SOURCE + source.length * MAX_UTF8_BYTES_PER_UNIT;
}

/** Writes the message annotations of a delivery: the producer's, unchanged, and the broker's. */
export function writeAnnotations(
  { bytes }: EncodedMessage,
  own: Elements,
  stamp: DeliveryStamp,
  writer: ValueWriter,
): void {
  const { deadLetterSource, lockedUntilMs } = stamp;
  writer.descriptor(Section.messageAnnotations);
  const map = writer.beginMap();
  writer.encoded(bytes, own.start, own.end);
  let count = own.count + 2 * UNLOCKED_COUNT;
  const at = writer.at;
  writer.encoded(BLOCK, 0, lockedUntilMs === undefined ? UNLOCKED_LENGTH : BLOCK.length);
  writeInt64(writer.bytes, stamp.sequenceNumber, at + SEQUENCE_NUMBER);
  writeInt64(writer.bytes, stamp.enqueuedSequenceNumber, at + ENQUEUED_SEQUENCE_NUMBER);
  writeInt64(writer.bytes, stamp.enqueuedTimeMs, at + ENQUEUED_TIME);
  writer.bytes[at + MESSAGE_STATE] = stamp.state;
  if (lockedUntilMs !== undefined) {
    writeInt64(writer.bytes, lockedUntilMs, at + LOCKED_UNTIL);
    count += 2;
  }
  if (deadLetterSource !== undefined) {
    writer.symbol(Annotation.deadLetterSource);
    writer.string(deadLetterSource);
    count += 2;
  }
  writer.end(map, count);
}
