import { TypeCode } from '../type-code.js';

import { MalformedMessageError } from './malformed-message-error.js';
import { elementsOf } from './elements.js';
import { readValue } from './read-value.js';
import { valueEnd } from './value-end.js';

/** Returns the offset of a list's element; undefined if the list is absent (-1) or shorter, or the element is null. */
export function fieldAt(bytes: Buffer, list: number, index: number): number | undefined {
  if (list < 0) return undefined;
  const { count, start } = elementsOf(bytes, list);
  if (index >= count) return undefined;
  let at = start;
  for (let skipped = 0; skipped < index; skipped++) at = valueEnd(bytes, at);
  return bytes[at] === TypeCode.null ? undefined : at;
}

/** Reads a list's element, which must be a string or absent. Throws MalformedMessageError. */
export function textField(bytes: Buffer, list: number, index: number): string | undefined {
  const at = fieldAt(bytes, list, index);
  return at === undefined ? undefined : readText(bytes, at);
}

/** Reads a list's element, a timestamp or absent, as Unix time in milliseconds. Throws MalformedMessageError. */
export function timeField(bytes: Buffer, list: number, index: number): number | undefined {
  const at = fieldAt(bytes, list, index);
  return at === undefined ? undefined : readTimeMs(bytes, at);
}

export function readText(bytes: Buffer, offset: number): string {
  const value = readValue(bytes, offset);
  if (typeof value !== 'string') throw new MalformedMessageError(offset, 'a string was expected');
  return value;
}

export function readTimeMs(bytes: Buffer, offset: number): number {
  const value = readValue(bytes, offset);
  if (!(value instanceof Date)) throw new MalformedMessageError(offset, 'a timestamp was expected');
  return value.getTime();
}
