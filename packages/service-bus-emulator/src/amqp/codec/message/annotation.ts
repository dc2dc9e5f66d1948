import { Annotation, type MapEntry, TypeCode } from '@nestjs-service-bus/amqp-message';

const OF_THE_BROKER: ReadonlySet<string> = new Set<string>([
  Annotation.sequenceNumber,
  Annotation.enqueuedSequenceNumber,
  Annotation.enqueuedTime,
  Annotation.lockedUntil,
  Annotation.messageState,
  Annotation.deadLetterSource,
]);

/** Tells whether only the broker may set this annotation. A producer that resends a received message sends it, too. */
export function isBrokerAnnotation(entry: MapEntry): boolean {
  return entry.key !== undefined && OF_THE_BROKER.has(entry.key);
}

/** Returns the offset of an annotation's value; undefined if it is absent or null. */
export function annotationAt(bytes: Buffer, entries: readonly MapEntry[], name: string): number | undefined {
  const entry = entries.find(({ key }) => key === name);
  return entry === undefined || bytes[entry.value] === TypeCode.null ? undefined : entry.value;
}
