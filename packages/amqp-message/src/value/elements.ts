import { TypeCode } from '../type-code.js';

/** The range of a list's or map's elements; `count` includes a map's keys as well as its values. */
export interface Elements {
  readonly count: number;
  readonly start: number;
  readonly end: number;
}

/** Returns the elements of the list or map at `offset`, which skipValue must have accepted. */
export function elementsOf(bytes: Buffer, offset: number): Elements {
  return contentElements(bytes, bytes[offset]!, offset + 1);
}

/** Returns the elements of a list or map whose type code is stored elsewhere, as in an array. */
export function contentElements(bytes: Buffer, code: number, offset: number): Elements {
  if (code === TypeCode.list0) return { count: 0, start: offset, end: offset };
  if (code === TypeCode.list8 || code === TypeCode.map8) {
    return { count: bytes[offset + 1]!, start: offset + 2, end: offset + 1 + bytes[offset]! };
  }
  const end = offset + 4 + bytes.readUInt32BE(offset);
  return { count: bytes.readUInt32BE(offset + 4), start: offset + 8, end };
}
