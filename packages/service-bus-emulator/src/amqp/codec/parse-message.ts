import { PropertyField, Section, ValueWriter } from '@nestjs-service-bus/amqp-message';

import { isOfTheBroker } from './annotation.js';
import { EncodedMessage } from './encoded-message.js';
import { checkIdentifier, readIdentifier } from './identifier.js';
import { fieldAt } from './list-field.js';
import { locateSections, type SectionPlaces } from './locate-sections.js';
import { mapEntries } from './map-entries.js';
import { withMemoryOfItsOwn } from './own-memory.js';
import { writeProperties } from './rewrite-section.js';

/** What an id, and the head of its section, add to a message; more makes the writer's buffer grow. */
const ROOM_FOR_ID = 128;

/**
 * A message from its encoding. It gets an id from `newMessageId` if its producer gave it none (clients need one to
 * keep its lock), and loses the annotations that only a broker may write. Throws MalformedMessageError.
 */
export function parseMessage(bytes: Buffer, newMessageId: () => string): EncodedMessage {
  const places = locateSections(bytes);
  const isClean = !mapEntries(bytes, places.messageAnnotations).some(isOfTheBroker);
  if (hasMessageId(bytes, places) && isClean) return new EncodedMessage(withMemoryOfItsOwn(bytes), places);
  // Memory is for what is kept only: a copy of what came in would last as long as its neighbours do.
  return new EncodedMessage(withMemoryOfItsOwn(completed(bytes, places, newMessageId)));
}

function hasMessageId(bytes: Buffer, { properties }: SectionPlaces): boolean {
  const id = fieldAt(bytes, properties, PropertyField.messageId);
  if (id === undefined) return false;
  checkIdentifier(bytes, id);
  return (readIdentifier(bytes, id) ?? '') !== '';
}

function completed(bytes: Buffer, places: SectionPlaces, newMessageId: () => string): Buffer {
  const writer = new ValueWriter(bytes.length + ROOM_FOR_ID);
  writer.encoded(bytes, 0, places.afterHeader);
  writeProducerAnnotations(bytes, places.messageAnnotations, writer);
  if (hasMessageId(bytes, places)) writer.encoded(bytes, places.kept, places.afterProperties);
  else
    writeProperties(bytes, places.properties, new Map([[PropertyField.messageId, newMessageId()]]), writer);
  writer.encoded(bytes, places.afterProperties, bytes.length);
  return writer.written();
}

function writeProducerAnnotations(bytes: Buffer, offset: number, writer: ValueWriter): void {
  const entries = mapEntries(bytes, offset).filter((entry) => !isOfTheBroker(entry));
  if (entries.length === 0) return;
  writer.descriptor(Section.messageAnnotations);
  const map = writer.beginMap();
  for (const { start, end } of entries) writer.encoded(bytes, start, end);
  writer.endCompact(map, entries.length * 2);
}
