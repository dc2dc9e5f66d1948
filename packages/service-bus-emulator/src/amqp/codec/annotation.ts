import { Annotation, TypeCode } from '@nestjs-service-bus/amqp-message';

import { type MapEntry } from './map-entries.js';

const OF_THE_BROKER: ReadonlySet<string> = new Set<string>([
  Annotation.sequenceNumber,
  Annotation.enqueuedSequenceNumber,
  Annotation.enqueuedTime,
  Annotation.lockedUntil,
  Annotation.messageState,
  Annotation.deadLetterSource,
]);

/** Whether only the broker may write this annotation; a producer that sends on what it has received has it too. */
export function isOfTheBroker(entry: MapEntry): boolean {
  return entry.key !== undefined && OF_THE_BROKER.has(entry.key);
}

/** The offset of an annotation's value; undefined if it is absent or null. */
export function annotationAt(bytes: Buffer, entries: readonly MapEntry[], name: string): number | undefined {
  const entry = entries.find(({ key }) => key === name);
  return entry === undefined || bytes[entry.value] === TypeCode.null ? undefined : entry.value;
}
