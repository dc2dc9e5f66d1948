import { crc32 } from 'node:zlib';

const SEAL_BYTES = 4;

/** A record as it is stored: its checksum, over key and value, before the value. */
export interface Sealed {
  readonly bytes: Buffer;
  readonly checksum: number;
}

/** Puts its checksum before a record's value, so that an altered one is noticed. */
export function seal(key: string, value: Buffer): Sealed {
  const checksum = crc32(value, crc32(key));
  const bytes = Buffer.allocUnsafe(SEAL_BYTES + value.length);
  bytes.writeUInt32BE(checksum);
  value.copy(bytes, SEAL_BYTES);
  return { bytes, checksum };
}

/** Returns the value of a stored record; undefined if key or value is not what was written. */
export function unseal(key: string, bytes: Buffer): { value: Buffer; checksum: number } | undefined {
  if (bytes.length < SEAL_BYTES) return undefined;
  const value = bytes.subarray(SEAL_BYTES);
  const checksum = bytes.readUInt32BE();
  return crc32(value, crc32(key)) === checksum ? { value, checksum } : undefined;
}
