const DASH = 0x2d;
/** In a .NET GUID the first three groups are little-endian; in a UUID of RFC 4122 all groups are big-endian. */
const ORDER_OF_GUID = [3, 2, 1, 0, 5, 4, 7, 6] as const;
/** The order in which a GUID's text shows its bytes, with the dashes between them. */
const ORDER_OF_TEXT = [3, 2, 1, 0, DASH, 5, 4, DASH, 7, 6, DASH, 8, 9, DASH, 10, 11, 12, 13, 14, 15];
const DIGITS = Buffer.from('0123456789abcdef');
const text = Buffer.alloc(36);

/**
 * Formats a GUID whose 16 bytes are in .NET's order, such as the lock token in a delivery tag. It builds the text as
 * bytes: V8 would keep concatenated strings as a tree.
 */
export function guidText(bytes: Uint8Array): string {
  let at = 0;
  for (const index of ORDER_OF_TEXT) {
    if (index === DASH) text[at++] = DASH;
    else {
      const byte = bytes[index]!;
      text[at++] = DIGITS[byte >> 4]!;
      text[at++] = DIGITS[byte & 0xf]!;
    }
  }
  return text.toString('latin1');
}

/** [AMQP 1.6.18] Formats a UUID whose 16 bytes are in the order of RFC 4122, as AMQP's type uuid has them. */
export function uuidText(bytes: Buffer, offset = 0): string {
  const hex = bytes.toString('hex', offset, offset + 16);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** Converts a GUID's bytes from RFC 4122's order to .NET's, or back. The first eight bytes may come without the rest. */
export function swapGuidOrder(bytes: Uint8Array): Buffer {
  const swapped = Buffer.from(bytes);
  ORDER_OF_GUID.forEach((from, to) => (swapped[to] = bytes[from]!));
  return swapped;
}
