import { Annotation, TypeCode } from '@nestjs-service-bus/amqp-message';
import Long from 'long';

import { annotationAt } from './annotation.js';
import { type ReceivedMessage } from './received-message.js';
import { NotPlainError, type ValueReader } from './value-reader.js';

const STATES = ['active', 'deferred', 'scheduled'] as const;

/** Reads a message's annotations, those of Service Bus: the reader stands at the map. */
export function readAnnotations(reader: ValueReader, message: ReceivedMessage): void {
  for (let left = reader.map(); left > 0; left -= 2) {
    if (reader.code() !== TypeCode.symbol8) throw new NotPlainError('no short symbol');
    const length = reader.code();
    const from = reader.skip(length);
    readAnnotation(reader, annotationAt(reader.bytes, from, length), message);
  }
}

function readAnnotation(
  reader: ValueReader,
  name: ReturnType<typeof annotationAt>,
  message: ReceivedMessage,
): void {
  switch (name) {
    case Annotation.sequenceNumber:
      message.sequenceNumber = readLong(reader);
      break;
    case Annotation.enqueuedTime:
      message.enqueuedTimeUtc = readTime(reader);
      break;
    case Annotation.lockedUntil:
      message.lockedUntilUtc = readTime(reader);
      break;
    case Annotation.scheduledEnqueueTime:
      message.scheduledEnqueueTimeUtc = readTime(reader);
      break;
    case Annotation.enqueuedSequenceNumber:
      message.enqueuedSequenceNumber = reader.number();
      break;
    case Annotation.messageState:
      message.state = STATES[reader.number() ?? 0] ?? 'active';
      break;
    case Annotation.partitionKey:
      message.partitionKey = reader.text();
      break;
    case Annotation.deadLetterSource:
      message.deadLetterSource = reader.text();
      break;
    case undefined:
      reader.pass();
  }
}

function readLong(reader: ValueReader): Long | undefined {
  const value = reader.number();
  return value === undefined ? undefined : Long.fromNumber(value);
}

function readTime(reader: ValueReader): Date | undefined {
  const timeMs = reader.number();
  return timeMs === undefined ? undefined : new Date(timeMs);
}
