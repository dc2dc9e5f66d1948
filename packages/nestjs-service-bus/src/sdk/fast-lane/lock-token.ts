const DASH = 0x2d;
/** A GUID's bytes, in the order in which its text has them: its first three groups come little-endian. */
const ORDER = [3, 2, 1, 0, DASH, 5, 4, DASH, 7, 6, DASH, 8, 9, DASH, 10, 11, 12, 13, 14, 15];
const DIGITS = Buffer.from('0123456789abcdef');
const text = Buffer.alloc(36);

/** The lock token that a delivery's tag of 16 bytes is. Written to bytes first: joined texts would stay a tree. */
export function lockTokenOf(tag: Buffer): string {
  let at = 0;
  for (const index of ORDER) {
    if (index === DASH) text[at++] = DASH;
    else {
      const byte = tag[index]!;
      text[at++] = DIGITS[byte >> 4]!;
      text[at++] = DIGITS[byte & 0xf]!;
    }
  }
  return text.toString('latin1');
}
