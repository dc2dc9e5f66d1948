import { type Totals } from './ledger.js';
import { seal, unseal } from './seal.js';

/** The key of the record that says what the others are together. It sorts before all of them. */
export const HEAD_KEY = '\0head';

/** What a write says of the store as a whole. */
export interface Head {
  /** Number of this write. */
  readonly count: number;
  readonly totals: Totals;
}

/** Writes a head, with its checksum. */
export function writeHead({ count, totals }: Head): Buffer {
  const bytes = Buffer.allocUnsafe(24);
  bytes.writeDoubleBE(count);
  bytes.writeDoubleBE(totals.records, 8);
  bytes.writeUInt32BE(totals.mixed, 16);
  bytes.writeUInt32BE(totals.sum, 20);
  return seal(HEAD_KEY, bytes).bytes;
}

/** Reads a head; undefined if it is damaged. */
export function readHead(bytes: Buffer): Head | undefined {
  const value = unseal(HEAD_KEY, bytes)?.value;
  if (value?.length !== 24) return undefined;
  return {
    count: value.readDoubleBE(),
    totals: { records: value.readDoubleBE(8), mixed: value.readUInt32BE(16), sum: value.readUInt32BE(20) },
  };
}
