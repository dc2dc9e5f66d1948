import { HEAD_KEY, type Head, readHead } from './head.js';
import { Ledger } from './ledger.js';
import { unseal } from './seal.js';
import { type Database } from './write-queue.js';

/** A record: its value is without its checksum. */
export interface StoredRecord {
  readonly key: string;
  readonly value: Buffer;
}

/** What is found in a database. */
export interface Scan {
  /** The records whose checksums are right. */
  readonly records: StoredRecord[];
  readonly ledger: Ledger;
  /** The keys, which may be damaged themselves, of the others. */
  readonly damaged: readonly string[];
  /** Undefined without a head, null if it is damaged. */
  readonly head: Head | null | undefined;
  /** Why the database could not be read to its end; undefined if it could. */
  readonly problem: Error | undefined;
  /** Whether it was written before there were checksums. */
  readonly isFirstFormat: boolean;
}

/**
 * Reads all records and their checksums.
 * @param stamp the number of writes that the store's stamp tells
 */
export async function scanRecords(database: Database, stamp: number | undefined): Promise<Scan> {
  const { entries, head, problem } = await readEntries(database);
  const ledger = new Ledger();
  const opened = entries.map(({ key, value }) => ({ key, ...unseal(key, value) }));
  const isFirstFormat = head === undefined && !stamp && opened.every(({ value }) => value === undefined);
  if (isFirstFormat) return { records: entries, ledger, damaged: [], head, problem, isFirstFormat };
  const records: StoredRecord[] = [];
  const damaged: string[] = [];
  for (const { key, value, checksum } of opened) {
    if (value === undefined || checksum === undefined) damaged.push(key);
    else {
      records.push({ key, value });
      ledger.put(key, checksum);
    }
  }
  return { records, ledger, damaged, head, problem, isFirstFormat };
}

async function readEntries(
  database: Database,
): Promise<{ entries: StoredRecord[]; head: Head | null | undefined; problem: Error | undefined }> {
  const entries: StoredRecord[] = [];
  let head: Head | null | undefined;
  try {
    for await (const [key, value] of database.iterator()) {
      if (key === HEAD_KEY) head = readHead(value) ?? null;
      else entries.push({ key, value });
    }
  } catch (error) {
    return { entries, head, problem: error as Error };
  }
  return { entries, head, problem: undefined };
}
