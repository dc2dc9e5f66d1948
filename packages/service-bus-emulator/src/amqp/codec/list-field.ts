import { TypeCode } from '@nestjs-service-bus/amqp-message';

import { MalformedMessageError } from './malformed-message-error.js';
import { elementsOf } from './elements.js';
import { readValue } from './read-value.js';
import { valueEnd } from './value-end.js';

/** The offset of a list's element, or undefined if the list is absent (-1), is shorter, or has null there. */
export function fieldAt(bytes: Buffer, list: number, index: number): number | undefined {
  if (list < 0) return undefined;
  const { count, start } = elementsOf(bytes, list);
  if (index >= count) return undefined;
  let at = start;
  for (let skipped = 0; skipped < index; skipped++) at = valueEnd(bytes, at);
  return bytes[at] === TypeCode.null ? undefined : at;
}

/** A list's element that must be a text if it is there. */
export function textField(bytes: Buffer, list: number, index: number): string | undefined {
  const at = fieldAt(bytes, list, index);
  return at === undefined ? undefined : readText(bytes, at);
}

/** A list's element that must be a timestamp if it is there, in milliseconds of Unix time. */
export function timeField(bytes: Buffer, list: number, index: number): number | undefined {
  const at = fieldAt(bytes, list, index);
  return at === undefined ? undefined : readTimeMs(bytes, at);
}

export function readText(bytes: Buffer, offset: number): string {
  const value = readValue(bytes, offset);
  if (typeof value !== 'string') throw new MalformedMessageError(offset, 'a text was expected');
  return value;
}

export function readTimeMs(bytes: Buffer, offset: number): number {
  const value = readValue(bytes, offset);
  if (!(value instanceof Date)) throw new MalformedMessageError(offset, 'a timestamp was expected');
  return value.getTime();
}
