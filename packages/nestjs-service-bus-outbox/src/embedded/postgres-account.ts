import { chown, cp, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { EmbeddedPostgresError } from './embedded-postgres.error.js';
import { hasCode } from './has-code.js';
import { type PostgresFiles, programsIn } from './locate-postgres.js';

/** Whom PostgreSQL runs as, if not as ourselves. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

const CANDIDATES = ['postgres', 'nobody'];

/**
 * PostgreSQL refuses to run as root: a container's root lends it an account that is there anyway, `postgres` or
 * `nobody`. Undefined for everybody else.
 */
export async function findAccount(): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const lines = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
  for (const candidate of CANDIDATES) {
    const [, , uid, gid] = lines.find(([name]) => name === candidate) ?? [];
    if (uid !== undefined && gid !== undefined) return { uid: Number(uid), gid: Number(gid) };
  }
  throw new EmbeddedPostgresError(
    `PostgreSQL does not run as root, and this system has no account ${CANDIDATES.join(' or ')} to run it as: ` +
      'start the application as another user, or give the connection string of a database that runs.',
  );
}

/** Gives a folder and all in it to the account. */
export async function giveTo(account: Account | undefined, directory: string): Promise<void> {
  if (account === undefined) return;
  const { uid, gid } = account;
  const entries = await readdir(directory, { recursive: true });
  await Promise.all(
    [directory, ...entries.map((name) => path.join(directory, name))].map((one) =>
      chown(one, uid, gid).catch((error: unknown) => {
        // A server that is still stopping, since the process before us has died, takes its own files away.
        if (!hasCode(error, 'ENOENT')) throw error;
      }),
    ),
  );
}

/** Programs that the account may run, and what to do when they are needed no more. */
export interface LentFiles {
  readonly files: PostgresFiles;
  readonly close: () => Promise<void>;
}

/** Root's own folders are closed to the account: from there the programs are copied to where it may read them. */
export async function lendFiles(account: Account | undefined, files: PostgresFiles): Promise<LentFiles> {
  if (account === undefined || (await isOpenToAll(files.root))) return { files, close: async () => {} };
  const copy = await mkdtemp(path.join(tmpdir(), 'embedded-postgres-'));
  try {
    await cp(files.root, copy, { recursive: true, verbatimSymlinks: true });
    await chown(copy, account.uid, account.gid);
  } catch (error) {
    await rm(copy, { recursive: true, force: true });
    throw error;
  }
  return { files: programsIn(copy), close: () => rm(copy, { recursive: true, force: true }) };
}

/** Whether everybody may enter a folder, and each one above it. */
export async function isOpenToAll(directory: string): Promise<boolean> {
  for (let folder = directory; ; folder = path.dirname(folder)) {
    if (((await stat(folder)).mode & 0o001) === 0) return false;
    if (folder === path.dirname(folder)) return true;
  }
}
