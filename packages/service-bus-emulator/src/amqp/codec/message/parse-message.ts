import { isBrokerAnnotation } from './annotation.js';
import { EncodedMessage } from './encoded-message.js';
import { checkIdentifier, readIdentifier } from './identifier.js';
import { fieldAt } from '../value/list-field.js';
import { locateSections, type SectionPlaces } from './locate-sections.js';
import { mapEntries } from '../value/map-entries.js';
import { copyToOwnMemory } from './copy-to-own-memory.js';
import { PropertyField } from './property-field.js';
import { replaceFields, writeSection } from './rewrite-section.js';
import { Section } from './section.js';
import { writeMap } from '../value/write-compound.js';
import { writeString } from '../value/write-value.js';

/**
 * Parses an encoded message. Adds an id from `newMessageId` if the producer set none (clients need one to renew its
 * lock), and removes annotations that only a broker may set. Throws MalformedMessageError.
 */
export function parseMessage(bytes: Buffer, newMessageId: () => string): EncodedMessage {
  const places = locateSections(bytes);
  const isClean = !mapEntries(bytes, places.messageAnnotations).some(isBrokerAnnotation);
  if (hasMessageId(bytes, places) && isClean) return new EncodedMessage(copyToOwnMemory(bytes), places);
  // Copies the result only: a copy of the input would share its block with stored messages and outlive its use.
  return new EncodedMessage(copyToOwnMemory(completed(bytes, places, newMessageId)));
}

function hasMessageId(bytes: Buffer, { properties }: SectionPlaces): boolean {
  const id = fieldAt(bytes, properties, PropertyField.messageId);
  if (id === undefined) return false;
  checkIdentifier(bytes, id);
  return (readIdentifier(bytes, id) ?? '') !== '';
}

function completed(bytes: Buffer, places: SectionPlaces, newMessageId: () => string): Buffer {
  const annotations = mapEntries(bytes, places.messageAnnotations)
    .filter((entry) => !isBrokerAnnotation(entry))
    .map(({ start, end }) => bytes.subarray(start, end));
  return Buffer.concat([
    bytes.subarray(0, places.afterHeader),
    ...(annotations.length === 0 ? [] : [writeSection(Section.messageAnnotations, writeMap(annotations))]),
    hasMessageId(bytes, places)
      ? bytes.subarray(places.kept, places.afterProperties)
      : withMessageId(bytes, places.properties, newMessageId()),
    bytes.subarray(places.afterProperties),
  ]);
}

function withMessageId(bytes: Buffer, properties: number, id: string): Buffer {
  const changes = new Map([[PropertyField.messageId, writeString(id)]]);
  return writeSection(Section.properties, replaceFields(bytes, properties, changes));
}
