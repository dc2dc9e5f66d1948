import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

import { EmbeddedPostgresError } from './embedded-postgres.error.js';
import { freePort } from './free-port.js';
import { hasCode } from './has-code.js';
import { locatePostgres, type PostgresFiles } from './locate-postgres.js';
import { type Account, findAccount, giveTo, isOpenToAll, lendFiles } from './postgres-account.js';
import {
  HOST,
  isInUse,
  isTaken,
  type ServerProcess,
  type ServerStart,
  startServer,
} from './server-process.js';

const USER = 'postgres';
/** Between finding a free port and using it, another program may take it. */
const PORT_ATTEMPTS = 5;
/** How long the server of a process that was just killed may need to stop, before ours takes its files. */
const TAKEOVER_TIMEOUT_MS = 10_000;
const TAKEOVER_PAUSE_MS = 100;

/** How a server is run. */
export interface ClusterSettings {
  /** The port on 127.0.0.1; a free one by default. */
  readonly port?: number;
  /** PostgreSQL's own settings, by name. */
  readonly settings?: Readonly<Record<string, string | number>>;
  /** How it is stopped: `INT` cuts connections and writes everything out, `QUIT` falls over as in a crash. Default `INT`. */
  readonly stopSignal?: 'INT' | 'QUIT';
  /** The folder of a PostgreSQL, with its `bin`; default: that of the package `embedded-postgres`. */
  readonly installation?: string | undefined;
}

/** A server that runs on the files of one folder. */
export interface RunningCluster {
  /** For its database `postgres`, with the password in it. */
  readonly connectionString: string;
  readonly port: number;
  /** Settles when the server has ended, by itself or because it was stopped. */
  readonly ended: Promise<void>;
  /** Stops it: connections are cut, what has been committed stays. */
  stop(): Promise<void>;
}

/**
 * Starts PostgreSQL on the files of a folder, which are made if they are not there. It listens on 127.0.0.1 only, asks
 * for a password, and ends with this process, however that ends.
 *
 * @throws {EmbeddedPostgresError} The programs are missing, or the server does not start.
 */
export async function startCluster(
  directory: string,
  { port, settings = {}, stopSignal = 'INT', installation }: ClusterSettings = {},
): Promise<RunningCluster> {
  const account = await findAccount();
  const { files, close } = await lendFiles(account, await locatePostgres(installation));
  try {
    await makeFiles(directory, files, account);
    const password = await readFile(passwordIn(directory), 'utf8');
    const server = await startOn(port, { files, account, data: dataIn(directory), settings, stopSignal });
    return {
      connectionString: `postgresql://${USER}:${password}@${HOST}:${server.port}/postgres`,
      port: server.port,
      ended: server.ended,
      async stop() {
        await server.stop();
        await close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

const dataIn = (directory: string): string => path.join(directory, 'data');
const passwordIn = (directory: string): string => path.join(directory, 'password');

/**
 * Makes the files of an empty cluster in a folder, where there are none.
 *
 * @throws {EmbeddedPostgresError} The programs are missing, or could not do it.
 */
export async function initializeCluster(directory: string, installation?: string): Promise<void> {
  const account = await findAccount();
  const { files, close } = await lendFiles(account, await locatePostgres(installation));
  await makeFiles(directory, files, account).finally(close);
}

/** All of them or none, so that a process that dies in between does no harm. */
async function makeFiles(
  directory: string,
  { initdb }: PostgresFiles,
  account: Account | undefined,
): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  if (account !== undefined && !(await isOpenToAll(path.dirname(path.resolve(directory))))) {
    throw new EmbeddedPostgresError(
      `PostgreSQL does not run as root, and no other user may enter ${directory}: start the application as another ` +
        'user, or let the folder be where all users may go.',
    );
  }
  await writeFile(passwordIn(directory), randomBytes(24).toString('hex'), { flag: 'wx', mode: 0o600 }).catch(
    (error: unknown) => {
      if (!hasCode(error, 'EEXIST')) throw error;
    },
  );
  await giveTo(account, directory);
  if (await exists(dataIn(directory))) return;
  const unfinished = path.join(directory, `unfinished-${randomBytes(6).toString('hex')}`);
  try {
    await promisify(execFile)(
      initdb,
      [
        `--pgdata=${unfinished}`,
        `--username=${USER}`,
        `--pwfile=${passwordIn(directory)}`,
        '--auth=password',
        '--encoding=UTF8',
        '--no-locale',
        '--no-sync',
      ],
      { ...account, cwd: directory, timeout: 120_000 },
    );
    // Another process may have been faster.
    await rename(unfinished, dataIn(directory)).catch(async (error: unknown) => {
      if (!(await exists(dataIn(directory)))) throw error;
    });
  } catch (error) {
    throw new EmbeddedPostgresError(`PostgreSQL could not make its files in ${directory}: ${String(error)}`, {
      cause: error,
    });
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

type Start = Omit<ServerStart, 'port'>;

async function startOn(port: number | undefined, start: Start): Promise<ServerProcess> {
  const deadline = performance.now() + TAKEOVER_TIMEOUT_MS;
  for (let attempt = 1; ;) {
    try {
      return await startServer({ ...start, port: port ?? (await freePort()) });
    } catch (error) {
      if (isInUse(error)) {
        if (performance.now() > deadline) {
          throw new EmbeddedPostgresError(
            `Another process runs the database in ${start.data}: give this one its connection string, or a folder ` +
              'of its own.',
            { cause: error },
          );
        }
        await new Promise((resolve) => setTimeout(resolve, TAKEOVER_PAUSE_MS));
      } else if (port !== undefined || !isTaken(error) || attempt++ >= PORT_ATTEMPTS) {
        throw error;
      }
    }
  }
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    (error: unknown) => {
      if (hasCode(error, 'ENOENT')) return false;
      throw error;
    },
  );
}
