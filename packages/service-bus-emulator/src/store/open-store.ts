import { type ClassicLevel } from 'classic-level';

import { type Journal } from '../model/entity/journal.js';
import { type NamespaceRecords } from '../model/namespace/namespace-records.js';
import { keepFiles, type KeptFiles, listStoreFiles, readTables } from './keep-files.js';
import { describeOpening, isLocked, lockDirectory } from './lock-directory.js';
import { readRecords } from './read-records.js';
import { type StoredRecord } from './scan-records.js';
import { Stamp } from './stamp.js';
import { damaged, StoreError } from './store-error.js';
import { storeJournal } from './store-journal.js';
import { verifyStore } from './verify-store.js';
import { type Database, WriteQueue } from './write-queue.js';

/** The store of a namespace on the disk. */
export interface Store {
  readonly journal: Journal;
  /** Calls `done` once everything that the journal was told so far is on the disk. */
  readonly whenDurable: (done: () => void) => void;
  /** Returns what it held when it was opened, and forgets it: nothing, from the second time on. */
  takeRecords(): NamespaceRecords;
  close(): Promise<void>;
}

/** A store that has proved to be whole. */
interface OpenStore {
  /** What it held when it was opened. */
  readonly records: StoredRecord[];
  readonly writes: WriteQueue;
  readonly close: () => Promise<void>;
}

/**
 * Opens the store in a directory; creates the directory if it does not exist. A store that is not as it was written is
 * refused, and its files are kept as they were found: there is never a new store over old files.
 * Rejects with a StoreError if the directory cannot be used, another process uses it, or the store is damaged.
 */
export async function openStore(directory: string, failed: (error: unknown) => void): Promise<Store> {
  const { records, writes, close } = await openRecords(directory, failed);
  return {
    journal: storeJournal(writes),
    whenDurable: (done) => writes.whenDurable(done),
    takeRecords: () => readRecords(records.splice(0)),
    close,
  };
}

/** Opens a store as records that mean nothing yet; rejects as `openStore` does. */
export async function openRecords(directory: string, failed: (error: unknown) => void): Promise<OpenStore> {
  const Level = await loadClassicLevel(directory);
  const unlock = await lockDirectory(directory, Level);
  try {
    const { close, ...rest } = await openLocked(directory, Level, failed);
    return { ...rest, close: () => close().finally(unlock) };
  } catch (error) {
    await unlock();
    throw error;
  }
}

async function openLocked(
  directory: string,
  Level: typeof ClassicLevel,
  failed: (error: unknown) => void,
): Promise<OpenStore> {
  const files = await listStoreFiles(directory);
  const isNew = files.length === 0;
  if (!isNew && !files.includes('CURRENT')) throw damaged(directory, 'the file CURRENT is missing');
  for await (const { name, damaged: blocks } of readTables(directory))
    if (blocks.length > 0) throw damaged(directory, `${name}: ${blocks.join(', ')}`);
  const kept = isNew ? undefined : await keepFiles(directory);
  const database = new Level<string, Buffer>(directory, databaseOptions(isNew));
  await openDatabase(directory, database, kept);
  let stamp: Stamp | undefined;
  const close = async (): Promise<void> => {
    await database.close();
    await stamp?.close();
  };
  try {
    const { records, ledger, head, isFirstFormat } = await verifyStore(directory, database);
    stamp = await Stamp.open(directory);
    const writes = new WriteQueue({ database, ledger, stamp, count: head?.count ?? 0 }, (error) =>
      failed(new StoreError(directory, 'cannot be written', { cause: error })),
    );
    // Stores that are older than the checksums get them now.
    if (isFirstFormat) for (const { key, value } of records) writes.put(key, value);
    await writes.idle();
    await kept?.letGo();
    return { records, writes, close: async () => writes.end().then(close) };
  } catch (error) {
    await close();
    throw error;
  }
}

/** How every store is opened: not compressed, so that its tables can be checked and salvaged. */
export function databaseOptions(createIfMissing: boolean): {
  keyEncoding: 'utf8';
  valueEncoding: 'buffer';
  createIfMissing: boolean;
  compression: false;
} {
  return { keyEncoding: 'utf8', valueEncoding: 'buffer', createIfMissing, compression: false };
}

async function openDatabase(
  directory: string,
  database: Database,
  kept: KeptFiles | undefined,
): Promise<void> {
  try {
    await database.open();
  } catch (error) {
    const { message } = describeOpening(error);
    // By a program that knows nothing of our lock, such as a tool that looks into databases.
    if (isLocked(error)) {
      if (kept?.isOwn) await kept.letGo();
      throw new StoreError(directory, 'another process uses this directory', { cause: error });
    }
    // With nothing in it there is nothing to be damaged: the directory cannot be written to, or the like.
    if (!kept) throw new StoreError(directory, message, { cause: error });
    throw damaged(directory, message, { cause: error });
  }
}

/** An optional peer: an emulator that keeps everything in memory does without it. */
export async function loadClassicLevel(directory: string): Promise<typeof ClassicLevel> {
  try {
    return (await import('classic-level')).ClassicLevel;
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    if (!code.endsWith('MODULE_NOT_FOUND') || !message.includes("'classic-level'")) throw error;
    const reason = 'to keep messages on disk, the emulator needs a package: npm install classic-level';
    throw new StoreError(directory, reason, { cause: error });
  }
}
