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
