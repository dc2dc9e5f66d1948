import { TypeCode } from '../type-code.js';

import { ARRAY_8, COMPOUND_8, LAYOUT_OF, SIZE_8 } from './value-layout.js';

/** Returns the offset after a value that skipValue has accepted. */
export function valueEnd(bytes: Buffer, offset: number): number {
  let at = offset;
  while (bytes[at] === TypeCode.described) at = valueEnd(bytes, at + 1);
  return contentEnd(bytes, bytes[at]!, at + 1);
}

/** Returns the offset after what follows a type code, for an array's elements, which have no code of their own. */
export function contentEnd(bytes: Buffer, code: number, offset: number): number {
  const layout = LAYOUT_OF[code]!;
  if (layout >= 0) return offset + layout;
  if (layout === SIZE_8 || layout === COMPOUND_8 || layout === ARRAY_8) return offset + 1 + bytes[offset]!;
  return offset + 4 + bytes.readUInt32BE(offset);
}
