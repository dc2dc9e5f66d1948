/** Service Bus's annotations of a message, by name. */
export type Annotation =
  | 'x-opt-enqueued-time'
  | 'x-opt-sequence-number'
  | 'x-opt-locked-until'
  | 'x-opt-message-state'
  | 'x-opt-enqueue-sequence-number'
  | 'x-opt-partition-key'
  | 'x-opt-deadletter-source'
  | 'x-opt-scheduled-enqueue-time';

const NAMES: readonly Annotation[] = [
  'x-opt-enqueued-time',
  'x-opt-sequence-number',
  'x-opt-locked-until',
  'x-opt-message-state',
  'x-opt-enqueue-sequence-number',
  'x-opt-partition-key',
  'x-opt-deadletter-source',
  'x-opt-scheduled-enqueue-time',
];

interface Candidate {
  readonly name: Annotation;
  readonly bytes: Buffer;
}

const BY_LENGTH: Candidate[][] = [];
for (const name of NAMES) (BY_LENGTH[name.length] ??= []).push({ name, bytes: Buffer.from(name) });

/**
 * The annotation whose name stands in these bytes, undefined if it is none of ours. Each message has five of them:
 * comparing bytes saves making, and comparing, as many strings.
 */
export function annotationAt(bytes: Buffer, from: number, length: number): Annotation | undefined {
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
