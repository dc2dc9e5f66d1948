import { copyFile, link, mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';

import { readTable, type Table } from './read-table.js';

// LevelDB, on opening, writes its log anew without what it cannot read, and deletes files that it does not know.
const KEPT = 'before-opening';
const DATABASE_FILE = /^(?:CURRENT|MANIFEST-\d+|\d+\.(?:ldb|sst|log)|SERVICE-BUS-EMULATOR)$/;

/** A table, and its file's name. */
export interface NamedTable extends Table {
  readonly name: string;
}

/** Returns the names of the files that make up a store. */
export async function listStoreFiles(directory: string): Promise<string[]> {
  const names = await readdir(directory).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  });
  return names.filter((name) => DATABASE_FILE.test(name));
}

/** A store's files as they were before it was opened. */
export interface KeptFiles {
  /** False if an earlier attempt to open the store has left them. */
  readonly isOwn: boolean;
  /** Removes them: once the store has proved to be whole, nobody needs them. */
  readonly letGo: () => Promise<void>;
}

/**
 * Copies a store's files into a directory beside them before LevelDB changes any. If an earlier attempt to open the
 * store has left such a copy, that one stays: it is nearer to what was written.
 */
export async function keepFiles(directory: string): Promise<KeptFiles> {
  const kept = path.join(directory, KEPT);
  const letGo = (): Promise<void> => rm(kept, { recursive: true, force: true });
  if (await exists(kept)) return { isOwn: false, letGo };
  const unfinished = `${kept}-unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  await copyStore(directory, unfinished, true);
  await rename(unfinished, kept);
  return { isOwn: true, letGo };
}

/** Returns where the files of a store are as they were before it was opened. */
export async function originalFiles(directory: string): Promise<string> {
  const kept = path.join(directory, KEPT);
  return (await exists(kept)) ? kept : directory;
}

/** Reads the tables of a store, one after the other: together they may be larger than the memory. */
export async function* readTables(directory: string): AsyncGenerator<NamedTable> {
  for (const name of await listStoreFiles(directory)) {
    if (/\.(?:ldb|sst)$/.test(name)) yield { name, ...readTable(await readFile(path.join(directory, name))) };
  }
}

/** Copies a store. Links instead, where asked to, the files that LevelDB never changes; they cost nothing. */
export async function copyStore(from: string, to: string, mayLink: boolean): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const name of await listStoreFiles(from)) {
    const [source, target] = [path.join(from, name), path.join(to, name)];
    const isLinked =
      mayLink &&
      /\.(?:ldb|sst|log)$/.test(name) &&
      (await link(source, target).then(
        () => true,
        () => false,
      ));
    if (!isLinked) await copyFile(source, target);
  }
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}
