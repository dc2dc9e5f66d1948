import {
  type SectionPlaces,
  ValueWriter,
  writeApplicationProperties,
  writeProperties,
} from '@nestjs-service-bus/amqp-message';
import { type PropertyChanges, type PropertyValue } from '@nestjs-service-bus/rule-filter';

import { FIELD_OF } from './property-field.js';

/** How much most changes add to a message, in bytes; if they add more, the writer's buffer grows. */
const ROOM_FOR_CHANGES = 256;

/** Returns a message's bytes with some properties changed; everything else is copied unchanged. */
export function changeProperties(bytes: Buffer, places: SectionPlaces, changes: PropertyChanges): Buffer {
  const writer = new ValueWriter(bytes.length + ROOM_FOR_CHANGES);
  writer.encoded(bytes, 0, places.kept);
  const fields = changedFields(changes.system);
  if (fields.size === 0) writer.encoded(bytes, places.kept, places.afterProperties);
  else writeProperties(bytes, places.properties, fields, writer);
  const { application } = changes;
  if (!application?.size) writer.encoded(bytes, places.afterProperties, places.body);
  else writeApplicationProperties(bytes, places.applicationProperties, application, writer);
  writer.encoded(bytes, places.body, bytes.length);
  return writer.written();
}

function changedFields(changes: PropertyChanges['system'] = new Map()): Map<number, string | null> {
  const fields = new Map<number, string | null>();
  for (const [name, value] of changes) {
    // Every message has an id: it can be replaced but not removed.
    if (name !== 'MessageId' || value !== null) fields.set(FIELD_OF[name], textOf(value));
  }
  return fields;
}

function textOf(value: PropertyValue): string | null {
  if (value === null) return null;
  if (value instanceof Date) return new Date(value.getTime() || 0).toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  return String(value);
}
