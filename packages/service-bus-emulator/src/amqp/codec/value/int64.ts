const TWO_TO_THE_32 = 0x1_0000_0000;

/** Reads a signed 64-bit integer: a number if that is exact, else a bigint. */
export function readInt64(bytes: Buffer, offset: number): number | bigint {
  const value = bytes.readInt32BE(offset) * TWO_TO_THE_32 + bytes.readUInt32BE(offset + 4);
  return Number.isSafeInteger(value) ? value : bytes.readBigInt64BE(offset);
}

/** Reads an unsigned 64-bit integer: a number if that is exact, else a bigint. */
export function readUint64(bytes: Buffer, offset: number): number | bigint {
  const value = bytes.readUInt32BE(offset) * TWO_TO_THE_32 + bytes.readUInt32BE(offset + 4);
  return Number.isSafeInteger(value) ? value : bytes.readBigUInt64BE(offset);
}

/**
 * Writes a safe integer as 64 bits, two's complement, and returns the offset after it. It writes byte by byte: a
 * bigint, or Buffer's own checked writes, would cost more than all the rest of a delivery.
 */
export function writeInt64(bytes: Buffer, value: number, offset: number): number {
  const high = Math.floor(value / TWO_TO_THE_32);
  bytes[offset] = high >>> 24;
  bytes[offset + 1] = high >>> 16;
  bytes[offset + 2] = high >>> 8;
  bytes[offset + 3] = high;
  bytes[offset + 4] = value >>> 24;
  bytes[offset + 5] = value >>> 16;
  bytes[offset + 6] = value >>> 8;
  bytes[offset + 7] = value >>> 0;
  return offset + 8;
}
