import { type ClassicLevel } from 'classic-level';
import path from 'node:path';

import { StoreError } from './store-error.js';

const LOCK = 'in-use';

/**
 * Takes a directory for one store before anything in it is looked at; returns what lets it go. The lock of the store's
 * own database comes too late: opening takes it, and changes files. That of an empty database beside it does, and the
 * system releases it however the process ends.
 * Rejects with a StoreError if another store has the directory, or it cannot be used.
 */
export async function lockDirectory(
  directory: string,
  Level: typeof ClassicLevel,
): Promise<() => Promise<void>> {
  const location = path.join(directory, LOCK);
  const open = async (): Promise<() => Promise<void>> => {
    const lock = new Level(location);
    await lock.open();
    return () => lock.close();
  };
  try {
    return await open().catch(async (error: unknown) => {
      if (isLocked(error)) throw error;
      // It has no content to lose: damage to it must not keep a whole store shut.
      await Level.repair(location);
      return open();
    });
  } catch (error) {
    const reason = isLocked(error) ? 'another process uses this directory' : describeOpening(error).message;
    throw new StoreError(directory, reason, { cause: error });
  }
}

/** Whether another store has a database open. */
export function isLocked(error: unknown): boolean {
  return describeOpening(error).code === 'LEVEL_LOCKED';
}

/** What has kept a database from being opened: the error itself says only that it is not open. */
export function describeOpening(error: unknown): NodeJS.ErrnoException {
  return ((error as Error).cause ?? error) as NodeJS.ErrnoException;
}
