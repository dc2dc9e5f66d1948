import { TypeCode } from './type-code.js';

/** Encodes a list of encoded values. */
export function writeList(values: readonly Uint8Array[]): Buffer {
  return writeCompound(TypeCode.list8, TypeCode.list32, values.length, values);
}

/** Encodes a map of encoded entries, each a key and its value in one piece. */
export function writeMap(entries: readonly Uint8Array[]): Buffer {
  return writeCompound(TypeCode.map8, TypeCode.map32, entries.length * 2, entries);
}

function writeCompound(code8: number, code32: number, count: number, pieces: readonly Uint8Array[]): Buffer {
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  if (length + 1 <= 0xff && count <= 0xff) {
    return Buffer.concat([Buffer.of(code8, length + 1, count), ...pieces]);
  }
  const head = Buffer.allocUnsafe(9);
  head[0] = code32;
  head.writeUInt32BE(length + 4, 1);
  head.writeUInt32BE(count, 5);
  return Buffer.concat([head, ...pieces]);
}
