import { copyFile, link, mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';

import { readTable, type Table } from './read-table.js';

// LevelDB, on opening, writes its log anew without what it cannot read, and deletes files that it does not know.
const KEPT = 'before-opening';
const DATABASE_FILE = /^(?:CURRENT|MANIFEST-\d+|\d+\.(?:ldb|sst|log)|SERVICE-BUS-EMULATOR)$/;

/** Returns the names of the files that make up a store. */
export async function listStoreFiles(directory: string): Promise<string[]> {
  const names = await readdir(directory).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  });
  return names.filter((name) => DATABASE_FILE.test(name));
}

/**
 * Keeps a store's files as they are, in a directory beside them, until the store has proved to be whole. Those of an
 * attempt before, which has found damage, stay instead. Returns what lets them go; nothing happens if it keeps others'.
 */
export async function keepFiles(directory: string): Promise<() => Promise<void>> {
  const kept = path.join(directory, KEPT);
  if (await exists(kept)) return () => rm(kept, { recursive: true, force: true });
  const unfinished = `${kept}-unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  await copyStore(directory, unfinished, true);
  await rename(unfinished, kept);
  return () => rm(kept, { recursive: true, force: true });
}

/** Returns where the files of a store are as they were before it was opened. */
export async function originalFiles(directory: string): Promise<string> {
  const kept = path.join(directory, KEPT);
  return (await exists(kept)) ? kept : directory;
}

/** Reads each table of a store. */
export async function readTables(directory: string): Promise<(Table & { name: string })[]> {
  const tables: (Table & { name: string })[] = [];
  for (const name of await listStoreFiles(directory)) {
    if (/\.(?:ldb|sst)$/.test(name))
      tables.push({ name, ...readTable(await readFile(path.join(directory, name))) });
  }
  return tables;
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
