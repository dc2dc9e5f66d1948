const DASH = 0x2d;
/** A .NET GUID has its first three groups little-endian, a UUID of RFC 4122 all five big-endian. */
const ORDER_OF_GUID = [3, 2, 1, 0, 5, 4, 7, 6] as const;
/** The same, with dashes: in which order a GUID's text shows its bytes. */
const ORDER_OF_TEXT = [3, 2, 1, 0, DASH, 5, 4, DASH, 7, 6, DASH, 8, 9, DASH, 10, 11, 12, 13, 14, 15];
const DIGITS = Buffer.from('0123456789abcdef');
const text = Buffer.alloc(36);

/**
 * The text of a GUID whose 16 bytes are in .NET's order, such as the lock token that a delivery tag is. It is put
 * together as bytes: V8 would keep concatenated strings as a tree.
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

/** The text of a UUID whose 16 bytes are in the order of RFC 4122, such as AMQP's type uuid. [AMQP 1.6.18] */
export function uuidText(bytes: Buffer, offset = 0): string {
  const hex = bytes.toString('hex', offset, offset + 16);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** A GUID's bytes in the other order: .NET's for those of RFC 4122, and back. Its first eight bytes alone will do. */
export function swapGuidOrder(bytes: Uint8Array): Buffer {
  const swapped = Buffer.from(bytes);
  ORDER_OF_GUID.forEach((from, to) => (swapped[to] = bytes[from]!));
  return swapped;
}
