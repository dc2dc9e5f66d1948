import {
  fieldAt,
  locateSections,
  mapEntries,
  PropertyField,
  Section,
  type SectionPlaces,
  ValueWriter,
  writeProperties,
} from '@nestjs-service-bus/amqp-message';

import { isBrokerAnnotation } from './annotation.js';
import { EncodedMessage } from './encoded-message.js';
import { checkIdentifier, readIdentifier } from './identifier.js';
import { copyToOwnMemory } from './copy-to-own-memory.js';

/** How much an id and the start of its section add to a message, in bytes; if they add more, the writer's buffer grows. */
const ROOM_FOR_ID = 128;

/**
 * Parses an encoded message. Adds an id from `newMessageId` if the producer set none (clients need one to renew its
 * lock), and removes annotations that only a broker may set. Throws MalformedMessageError.
 */
export function parseMessage(bytes: Buffer, newMessageId: () => string): EncodedMessage {
  const places = locateSections(bytes);
  const isClean = !mapEntries(bytes, places.messageAnnotations).some(isBrokerAnnotation);
  const hasId = hasMessageId(bytes, places);
  if (hasId && isClean) return new EncodedMessage(copyToOwnMemory(bytes), places);
  // Copies the result only: a copy of the input would share its block with stored messages and outlive its use.
  return new EncodedMessage(copyToOwnMemory(completed(bytes, places, hasId ? undefined : newMessageId())));
}

function hasMessageId(bytes: Buffer, { properties }: SectionPlaces): boolean {
  const id = fieldAt(bytes, properties, PropertyField.messageId);
  if (id === undefined) return false;
  checkIdentifier(bytes, id);
  return (readIdentifier(bytes, id) ?? '') !== '';
}

/** Returns the message without annotations that only a broker may set, and with this id, if one is given. */
function completed(bytes: Buffer, places: SectionPlaces, messageId: string | undefined): Buffer {
  const writer = new ValueWriter(bytes.length + ROOM_FOR_ID);
  writer.encoded(bytes, 0, places.afterHeader);
  writeProducerAnnotations(bytes, places.messageAnnotations, writer);
  if (messageId === undefined) writer.encoded(bytes, places.kept, places.afterProperties);
  else writeProperties(bytes, places.properties, new Map([[PropertyField.messageId, messageId]]), writer);
  writer.encoded(bytes, places.afterProperties, bytes.length);
  return writer.written();
}

function writeProducerAnnotations(bytes: Buffer, offset: number, writer: ValueWriter): void {
  const entries = mapEntries(bytes, offset).filter((entry) => !isBrokerAnnotation(entry));
  if (entries.length === 0) return;
  writer.descriptor(Section.messageAnnotations);
  const map = writer.beginMap();
  for (const { start, end } of entries) writer.encoded(bytes, start, end);
  writer.endCompact(map, entries.length * 2);
}
