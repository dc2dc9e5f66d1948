import { createHash } from 'node:crypto';

/**
 * A signed 64-bit number made of a text, as a decimal text. Processes of different versions share locks by it: it must
 * never change.
 */
export function stableHash(text: string): string {
  return createHash('sha256').update(text).digest().readBigInt64BE().toString();
}

/** An unsigned 32-bit number made of a text (FNV-1a, its bits mixed once more), which must never change either. */
export function stableHash32(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  return hash >>> 0;
}
