import { elementsOf } from './elements.js';
import { readValue } from './read-value.js';
import { valueEnd } from './value-end.js';

/** One entry of a map: its key, if that is a string, and its offsets. */
export interface MapEntry {
  readonly key: string | undefined;
  readonly start: number;
  readonly value: number;
  readonly end: number;
}

/** Returns the entries of the map at `offset`, which skipValue must have accepted; none if the map is absent (-1). */
export function mapEntries(bytes: Buffer, offset: number): MapEntry[] {
  if (offset < 0) return [];
  const { count, start } = elementsOf(bytes, offset);
  const entries: MapEntry[] = [];
  for (let at = start; entries.length * 2 < count;) {
    const value = valueEnd(bytes, at);
    const end = valueEnd(bytes, value);
    const key = readValue(bytes, at);
    entries.push({ key: typeof key === 'string' ? key : undefined, start: at, value, end });
    at = end;
  }
  return entries;
}
