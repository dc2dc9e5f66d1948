import {
  Annotation,
  HeaderField,
  mapEntries,
  PropertyField,
  type PropertyValue,
  readValue,
  Section,
  ValueWriter,
  valueEnd,
  elementsOf,
  writeApplicationProperties,
  writeProperties,
} from '@nestjs-service-bus/amqp-message';

import { type DeskMessage } from '../message/desk-message.js';
import { type Sections } from '../message/sections.js';
import { derivedId } from './derived-id.js';
import { type MessageEdit } from './edit.js';

/** Properties that say where a copy came from. */
export const CopyProperty = {
  /** The id of the first message that this one is a copy of, as text. nestjs-service-bus knows it too. */
  originalMessageId: 'original-message-id',
  /** The sequence number of the dead letter that it is a copy of. */
  originalSequenceNumber: 'original-sequence-number',
  /** The entity that the dead letter was in. */
  originalEntity: 'original-entity',
  /** Why it was dead-lettered. */
  reason: 'resubmit-dead-letter-reason',
  /** How often it was sent again. */
  count: 'resubmit-count',
  /** The run that has sent it. */
  run: 'resubmit-run',
} as const;

/** What the broker, or nestjs-service-bus, has noted on a message about its failures: a copy begins anew. */
const OF_FAILURE = [
  'DeadLetterReason',
  'DeadLetterErrorDescription',
  'dead-letter-host',
  'dead-letter-handler',
  'dead-letter-attempt',
  'dead-letter-stack',
  'dead-letter-end-reason',
  'dead-letter-end-description',
  'dead-letter-retry-attempts',
  'dead-letter-retry-sequence-number',
  'dead-letter-retry-locked-until',
  'retry-attempts',
  'retry-delivery-count',
  'redrive-count',
  'redrive-attempt',
  'redrive-reason',
  'redrive-description',
  'redrive-stack',
  'redrive-host',
  'redrive-time',
];
/** What the broker adds, and adds anew. The partition key is the sender's. */
const OF_BROKER = new Set<string>(
  Object.values(Annotation).filter(
    (name) => name !== Annotation.partitionKey && name !== Annotation.viaPartitionKey,
  ),
);
/** [AMQP 3.2.1] Durable, priority and time to live; what follows is told of single deliveries. */
const KEPT_HEADER_FIELDS = HeaderField.timeToLive + 1;
const ROOM_FOR_CHANGES = 1_024;

/** How a copy is made. */
export interface CopyOptions {
  /** The entity that the dead letter is in. */
  readonly entity: string;
  /** A name for the run that sends it. */
  readonly run: string;
  readonly edit?: MessageEdit | undefined;
}

/**
 * Returns a dead letter as a new message, encoded: with an id of its own, without the notes about its failure, and with
 * properties that say where it came from. All else keeps its bytes, and so its types.
 */
export function copyMessage(message: DeskMessage, { entity, run, edit = {} }: CopyOptions): Buffer {
  const { bytes, sections } = message;
  const writer = new ValueWriter(bytes.length + ROOM_FOR_CHANGES);
  copyHeader(bytes, sections.header, writer);
  copyAnnotations(bytes, sections.messageAnnotations, writer);
  const fields = new Map<number, string | null>([
    [PropertyField.messageId, derivedId(message, entity)],
    // Counted from when the original was sent: the copy would be born dead. Its time to live remains.
    [PropertyField.absoluteExpiryTime, null],
    [PropertyField.creationTime, null],
    ...editedFields(edit),
  ]);
  writeProperties(bytes, sections.properties, fields, writer);
  const properties = new Map<string, PropertyValue>([
    ...OF_FAILURE.map((name): [string, null] => [name, null]),
    ...originOf(message, entity, run),
    ...Object.entries(edit.properties ?? {}),
  ]);
  writeApplicationProperties(bytes, sections.applicationProperties, properties, writer);
  if (edit.body === undefined) writer.encoded(bytes, sections.bodyStart, bytes.length);
  else {
    writer.descriptor(Section.data);
    if (typeof edit.body === 'string') writer.binaryText(edit.body);
    else writer.binary(edit.body);
  }
  return writer.written();
}

function originOf(message: DeskMessage, entity: string, run: string): [string, PropertyValue][] {
  const { sequenceNumber, deadLetterReason, messageId } = message;
  const first = message.applicationProperty(CopyProperty.originalMessageId);
  const count = message.applicationProperty(CopyProperty.count);
  return [
    [CopyProperty.originalMessageId, typeof first === 'string' ? first : (messageId ?? null)],
    [CopyProperty.originalSequenceNumber, sequenceNumber],
    [CopyProperty.originalEntity, entity],
    [CopyProperty.reason, deadLetterReason ?? null],
    [CopyProperty.count, (typeof count === 'number' ? count : 0) + 1],
    [CopyProperty.run, run],
  ];
}

function* editedFields(edit: MessageEdit): Iterable<[number, string | null]> {
  const fields = {
    contentType: PropertyField.contentType,
    subject: PropertyField.subject,
    correlationId: PropertyField.correlationId,
    to: PropertyField.to,
    replyTo: PropertyField.replyTo,
  } as const;
  for (const [name, index] of Object.entries(fields)) {
    const value = edit[name as keyof typeof fields];
    if (value !== undefined) yield [index, value];
  }
}

function copyHeader(bytes: Buffer, header: Sections['header'], writer: ValueWriter): void {
  if (header < 0) return;
  const { count, start } = elementsOf(bytes, header);
  const kept = Math.min(count, KEPT_HEADER_FIELDS);
  let end = start;
  for (let index = 0; index < kept; index++) end = valueEnd(bytes, end);
  writer.descriptor(Section.header);
  const list = writer.beginList();
  writer.encoded(bytes, start, end);
  writer.endCompact(list, kept);
}

function copyAnnotations(bytes: Buffer, annotations: number, writer: ValueWriter): void {
  const kept = mapEntries(bytes, annotations).filter(({ start }) => {
    const name = readValue(bytes, start);
    return typeof name !== 'string' || !OF_BROKER.has(name);
  });
  if (kept.length === 0) return;
  writer.descriptor(Section.messageAnnotations);
  const map = writer.beginMap();
  for (const { start, end } of kept) writer.encoded(bytes, start, end);
  writer.endCompact(map, kept.length * 2);
}
