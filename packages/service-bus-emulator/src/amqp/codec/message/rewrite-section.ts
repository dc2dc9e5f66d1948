import { type PropertyValue } from '../../../model/filter/values/property-value.js';
import { elementsOf } from '../value/elements.js';
import { mapEntries } from '../value/map-entries.js';
import { type Section } from './section.js';
import { TypeCode } from '../value/type-code.js';
import { valueEnd } from '../value/value-end.js';
import { writeList, writeMap } from '../value/write-compound.js';
import { writeString, writeValue } from '../value/write-value.js';

/** Encodes a section around an encoded value. */
export function writeSection(section: (typeof Section)[keyof typeof Section], value: Buffer): Buffer {
  return Buffer.concat([Buffer.of(TypeCode.described, TypeCode.smallUlong, section), value]);
}

/** Returns the list at `offset` (-1: none) with some elements replaced; all others keep their bytes. */
export function replaceFields(bytes: Buffer, offset: number, changes: ReadonlyMap<number, Buffer>): Buffer {
  const fields: Uint8Array[] = [];
  if (offset >= 0) {
    const { count, start } = elementsOf(bytes, offset);
    for (let at = start; fields.length < count;) {
      const end = valueEnd(bytes, at);
      fields.push(bytes.subarray(at, end));
      at = end;
    }
  }
  for (const [index, value] of changes) {
    while (fields.length <= index) fields.push(Buffer.of(TypeCode.null));
    fields[index] = value;
  }
  return writeList(fields);
}

/**
 * Returns the map at `offset` (-1: none) with some entries set or, by null, removed; undefined if no entry is left. All
 * other entries keep their bytes, and an entry that is set keeps its name's. Names are compared without regard to case.
 */
export function replaceEntries(
  bytes: Buffer,
  offset: number,
  changes: ReadonlyMap<string, PropertyValue>,
): Buffer | undefined {
  const pending = new Map([...changes].map(([name, value]) => [name.toLowerCase(), { name, value }]));
  const changed = new Set(pending.keys());
  const entries: Uint8Array[] = [];
  for (const { key, start, value, end } of mapEntries(bytes, offset)) {
    const name = key?.toLowerCase();
    if (name === undefined || !changed.has(name)) {
      entries.push(bytes.subarray(start, end));
      continue;
    }
    const change = pending.get(name);
    pending.delete(name);
    if (change === undefined || change.value === null) continue;
    entries.push(Buffer.concat([bytes.subarray(start, value), writeValue(change.value)]));
  }
  for (const { name, value } of pending.values()) {
    if (value !== null) entries.push(Buffer.concat([writeString(name), writeValue(value)]));
  }
  return entries.length === 0 ? undefined : writeMap(entries);
}
