import { Annotation } from '../message/annotation.js';
import { type DeliveryStamp } from './delivery-stamp.js';
import { type Elements, elementsOf } from '../value/elements.js';
import { type EncodedMessage } from '../message/encoded-message.js';
import { writeInt64 } from '../value/int64.js';
import { Section } from '../message/section.js';
import { TypeCode } from '../value/type-code.js';
import { writeString, writeSymbol } from '../value/write-value.js';

// All of the broker's annotations but one have a fixed width: they form one block, which is copied whole before the
// values are written into it. The last of them, locked-until, is omitted unless the message is locked.
const LONG = Buffer.of(TypeCode.long, 0, 0, 0, 0, 0, 0, 0, 0);
const TIMESTAMP = Buffer.of(TypeCode.timestamp, 0, 0, 0, 0, 0, 0, 0, 0);
const INT = Buffer.of(TypeCode.smallInt, 0);
const ENTRIES = [
  Buffer.concat([writeSymbol(Annotation.sequenceNumber), LONG]),
  Buffer.concat([writeSymbol(Annotation.enqueuedSequenceNumber), LONG]),
  Buffer.concat([writeSymbol(Annotation.enqueuedTime), TIMESTAMP]),
  Buffer.concat([writeSymbol(Annotation.messageState), INT]),
  Buffer.concat([writeSymbol(Annotation.lockedUntil), TIMESTAMP]),
];
const BLOCK = Buffer.concat(ENTRIES);
const lengthOf = (count: number): number =>
  ENTRIES.slice(0, count).reduce((length, entry) => length + entry.length, 0);

const SEQUENCE_NUMBER = lengthOf(1) - 8;
const ENQUEUED_SEQUENCE_NUMBER = lengthOf(2) - 8;
const ENQUEUED_TIME = lengthOf(3) - 8;
const MESSAGE_STATE = lengthOf(4) - 1;
const UNLOCKED_COUNT = 4;
const UNLOCKED_LENGTH = lengthOf(UNLOCKED_COUNT);
const LOCKED_UNTIL = lengthOf(5) - 8;

const DEAD_LETTER_SOURCE_KEY = writeSymbol(Annotation.deadLetterSource);
const HEAD_LENGTH = 12;
const NO_ANNOTATIONS: Elements = { count: 0, start: 0, end: 0 };

/** Locates the producer's annotations, which a delivery repeats unchanged. */
export function producerAnnotations({ bytes, places }: EncodedMessage): Elements {
  return places.messageAnnotations < 0 ? NO_ANNOTATIONS : elementsOf(bytes, places.messageAnnotations);
}

/** Encodes the annotation with a dead letter's source, the only one of variable width; undefined if there is none. */
export function deadLetterSourceEntry({ deadLetterSource }: DeliveryStamp): Buffer | undefined {
  if (deadLetterSource === undefined) return undefined;
  return Buffer.concat([DEAD_LETTER_SOURCE_KEY, writeString(deadLetterSource)]);
}

export function annotationsLength(
  own: Elements,
  stamp: DeliveryStamp,
  sourceEntry: Buffer | undefined,
): number {
  const block = stamp.lockedUntilMs === undefined ? UNLOCKED_LENGTH : BLOCK.length;
  return HEAD_LENGTH + own.end - own.start + block + (sourceEntry?.length ?? 0);
}

/** Writes the message annotations' section and returns the offset after it. */
export function writeAnnotations(
  delivery: Buffer,
  message: EncodedMessage,
  own: Elements,
  stamp: DeliveryStamp,
  sourceEntry: Buffer | undefined,
  offset: number,
): number {
  const isLocked = stamp.lockedUntilMs !== undefined;
  const count = UNLOCKED_COUNT + (isLocked ? 1 : 0) + (sourceEntry === undefined ? 0 : 1);
  delivery[offset] = TypeCode.described;
  delivery[offset + 1] = TypeCode.smallUlong;
  delivery[offset + 2] = Section.messageAnnotations;
  delivery[offset + 3] = TypeCode.map32;
  delivery.writeUInt32BE(annotationsLength(own, stamp, sourceEntry) - 8, offset + 4);
  delivery.writeUInt32BE(own.count + count * 2, offset + 8);

  let at = offset + HEAD_LENGTH;
  if (own.count > 0) at += message.bytes.copy(delivery, at, own.start, own.end);
  BLOCK.copy(delivery, at, 0, isLocked ? BLOCK.length : UNLOCKED_LENGTH);
  writeInt64(delivery, stamp.sequenceNumber, at + SEQUENCE_NUMBER);
  writeInt64(delivery, stamp.enqueuedSequenceNumber, at + ENQUEUED_SEQUENCE_NUMBER);
  writeInt64(delivery, stamp.enqueuedTimeMs, at + ENQUEUED_TIME);
  delivery[at + MESSAGE_STATE] = stamp.state;
  if (stamp.lockedUntilMs !== undefined) writeInt64(delivery, stamp.lockedUntilMs, at + LOCKED_UNTIL);
  at += isLocked ? BLOCK.length : UNLOCKED_LENGTH;
  return sourceEntry === undefined ? at : at + sourceEntry.copy(delivery, at);
}
