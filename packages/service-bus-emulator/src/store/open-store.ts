import { type ClassicLevel } from 'classic-level';

import { type Journal } from '../model/entity/journal.js';
import { type NamespaceRecords } from '../model/namespace/namespace-records.js';
import { readRecords } from './read-records.js';
import { storeJournal } from './store-journal.js';
import { WriteQueue } from './write-queue.js';

/** The store of a namespace on the disk. */
export interface Store {
  readonly journal: Journal;
  /** Calls `done` once everything that the journal was told so far is on the disk. */
  readonly whenDurable: (done: () => void) => void;
  read(): Promise<NamespaceRecords>;
  close(): Promise<void>;
}

/** The directory cannot be used as a store. */
export class StoreError extends Error {
  override readonly name = 'StoreError';

  constructor(
    readonly directory: string,
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(`${directory}: ${reason}`, options);
  }
}

/**
 * Opens the store in a directory; creates the directory if it does not exist.
 * Rejects with a StoreError if the directory cannot be used, or another process uses it.
 */
export async function openStore(directory: string, failed: (error: unknown) => void): Promise<Store> {
  const Level = await loadClassicLevel(directory);
  const database = new Level<string, Buffer>(directory, {
    keyEncoding: 'utf8',
    valueEncoding: 'buffer',
  });
  try {
    await database.open();
  } catch (error) {
    const { code, message } = ((error as Error).cause ?? error) as NodeJS.ErrnoException;
    const reason = code === 'LEVEL_LOCKED' ? 'another process uses this directory' : message;
    throw new StoreError(directory, reason, { cause: error });
  }
  const writes = new WriteQueue(database, (error) =>
    failed(new StoreError(directory, 'cannot be written', { cause: error })),
  );
  return {
    journal: storeJournal(writes),
    whenDurable: (done) => writes.whenDurable(done),
    read: () => readRecords(database),
    close: async () => {
      await writes.idle();
      await database.close();
    },
  };
}

/** An optional peer: an emulator that keeps everything in memory does without it. */
async function loadClassicLevel(directory: string): Promise<typeof ClassicLevel> {
  try {
    return (await import('classic-level')).ClassicLevel;
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    if (!code.endsWith('MODULE_NOT_FOUND') || !message.includes("'classic-level'")) throw error;
    const reason = 'to keep messages on disk, the emulator needs a package: npm install classic-level';
    throw new StoreError(directory, reason, { cause: error });
  }
}
