import { Annotation } from '@nestjs-service-bus/amqp-message';

/** The annotations that a received message has fields for. */
const NAMES = [
  Annotation.enqueuedTime,
  Annotation.sequenceNumber,
  Annotation.lockedUntil,
  Annotation.messageState,
  Annotation.enqueuedSequenceNumber,
  Annotation.partitionKey,
  Annotation.deadLetterSource,
  Annotation.scheduledEnqueueTime,
] as const;
type AnnotationName = (typeof NAMES)[number];

interface Candidate {
  readonly name: AnnotationName;
  readonly bytes: Buffer;
}

const BY_LENGTH: Candidate[][] = [];
for (const name of NAMES) (BY_LENGTH[name.length] ??= []).push({ name, bytes: Buffer.from(name) });

/**
 * The annotation whose name stands in these bytes, undefined if it is none of ours. Each message has five of them:
 * comparing bytes saves making, and comparing, as many strings.
 */
export function annotationAt(bytes: Buffer, from: number, length: number): AnnotationName | undefined {
  const candidates = BY_LENGTH[length];
  if (candidates === undefined) return undefined;
  for (const candidate of candidates) {
    if (isAt(bytes, from, candidate.bytes)) return candidate.name;
  }
  return undefined;
}

/** From the end, for that is where names differ. */
function isAt(bytes: Buffer, from: number, name: Buffer): boolean {
  for (let index = name.length - 1; index >= 0; index--) {
    if (bytes[from + index] !== name[index]) return false;
  }
  return true;
}
