import {
  type PropertyChanges,
  type PropertyValue,
  type SystemProperty,
} from '../../../model/filter/values/property-value.js';
import { type SectionPlaces } from './locate-sections.js';
import { FIELD_OF } from './property-field.js';
import { replaceEntries, replaceFields, writeSection } from './rewrite-section.js';
import { Section } from './section.js';
import { TypeCode } from '../value/type-code.js';
import { writeString, writeSymbol } from '../value/write-value.js';

/** Returns a message's bytes with some properties changed; everything else is copied unchanged. */
export function changeProperties(bytes: Buffer, places: SectionPlaces, changes: PropertyChanges): Buffer {
  return Buffer.concat([
    bytes.subarray(0, places.kept),
    systemSection(bytes, places, changes.system),
    applicationSection(bytes, places, changes.application),
    bytes.subarray(places.body),
  ]);
}

function systemSection(
  bytes: Buffer,
  places: SectionPlaces,
  changes: PropertyChanges['system'] = new Map(),
): Buffer {
  const fields = new Map<number, Buffer>();
  for (const [name, value] of changes) {
    // Every message has an id: it can be replaced but not removed.
    if (name !== 'MessageId' || value !== null) fields.set(FIELD_OF[name], writeField(name, value));
  }
  if (fields.size === 0) return bytes.subarray(places.kept, places.afterProperties);
  return writeSection(Section.properties, replaceFields(bytes, places.properties, fields));
}

function applicationSection(
  bytes: Buffer,
  places: SectionPlaces,
  changes: PropertyChanges['application'] = new Map(),
): Buffer {
  if (changes.size === 0) return bytes.subarray(places.afterProperties, places.body);
  const map = replaceEntries(bytes, places.applicationProperties, changes);
  return map === undefined ? Buffer.alloc(0) : writeSection(Section.applicationProperties, map);
}

// [AMQP 3.2.4] These properties are strings, whatever an action has computed; only the content type is a symbol.
function writeField(name: SystemProperty, value: PropertyValue): Buffer {
  if (value === null) return Buffer.of(TypeCode.null);
  const text = textOf(value);
  return name === 'ContentType' ? writeSymbol(text) : writeString(text);
}

function textOf(value: Exclude<PropertyValue, null>): string {
  if (value instanceof Date) return new Date(value.getTime() || 0).toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  return String(value);
}
