import { PropertyField } from '../field.js';
import { Section } from '../section.js';
import { type ValueWriter } from '../value-writer.js';

import { type PropertyValue } from '../value/property-value.js';
import { elementsOf } from '../value/elements.js';
import { mapEntries } from '../value/map-entries.js';
import { valueEnd } from '../value/value-end.js';
import { writeValue } from '../value/write-value.js';

/**
 * Writes the properties whose list is at `offset` (-1: none), with some fields, by their index, set or, by null,
 * removed. All other fields keep their bytes.
 */
export function writeProperties(
  bytes: Buffer,
  offset: number,
  changes: ReadonlyMap<number, string | null>,
  writer: ValueWriter,
): void {
  const { count, start } = offset < 0 ? { count: 0, start: 0 } : elementsOf(bytes, offset);
  const newCount = Math.max(count, ...[...changes.keys()].map((index) => index + 1));
  writer.descriptor(Section.properties);
  const list = writer.beginList();
  let at = start;
  for (let index = 0; index < newCount; index++) {
    const end = index < count ? valueEnd(bytes, at) : at;
    const change = changes.get(index);
    if (change !== undefined) writeField(index, change, writer);
    else if (index < count) writer.encoded(bytes, at, end);
    else writer.null();
    at = end;
  }
  writer.endCompact(list, newCount);
}

/**
 * Writes the application properties whose map is at `offset` (-1: none), with some entries set or, by null, removed;
 * writes nothing if no entry is left. All other entries keep their bytes, and an entry that is set keeps its name's.
 * Names are compared without regard to case.
 */
export function writeApplicationProperties(
  bytes: Buffer,
  offset: number,
  changes: ReadonlyMap<string, PropertyValue>,
  writer: ValueWriter,
): void {
  const pending = new Map([...changes].map(([name, value]) => [name.toLowerCase(), { name, value }]));
  const changed = new Set(pending.keys());
  const before = writer.at;
  writer.descriptor(Section.applicationProperties);
  const map = writer.beginMap();
  let entries = 0;
  for (const { key, start, value, end } of mapEntries(bytes, offset)) {
    const name = key?.toLowerCase();
    if (name === undefined || !changed.has(name)) {
      writer.encoded(bytes, start, end);
      entries++;
      continue;
    }
    const change = pending.get(name);
    pending.delete(name);
    if (change === undefined || change.value === null) continue;
    writer.encoded(bytes, start, value);
    writeValue(change.value, writer);
    entries++;
  }
  for (const { name, value } of pending.values()) {
    if (value === null) continue;
    writer.string(name);
    writeValue(value, writer);
    entries++;
  }
  if (entries === 0) writer.at = before;
  else writer.endCompact(map, entries * 2);
}

// [AMQP 3.2.4] These properties are strings, whatever an action has computed; only the content type is a symbol.
function writeField(index: number, text: string | null, writer: ValueWriter): void {
  if (text === null) writer.null();
  else if (index === PropertyField.contentType) writer.symbol(text);
  else writer.string(text);
}
