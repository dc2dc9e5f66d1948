import { type ChildProcess, spawn, type SpawnOptions } from 'node:child_process';
import { type Socket } from 'node:net';

import { EmbeddedPostgresError } from './embedded-postgres.error.js';
import { type PostgresFiles } from './locate-postgres.js';
import { type Account } from './postgres-account.js';

/** Nobody but this machine reaches the server. */
export const HOST = '127.0.0.1';

const READY = 'database system is ready to accept connections';
/** After a crash the server first reads its log. */
const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 20_000;
const LOG_LENGTH = 4_000;

/**
 * Runs a command until the shell's input ends. That happens at the latest when our process is gone, whatever ended it,
 * so no server is left behind. The shell lets go of its output: where that ends, the server has ended.
 */
const GUARD = `signal=$1
shift
"$@" </dev/null >/dev/null &
server=$!
exec >/dev/null 2>&1
while read -r line; do :; done
kill -s "$signal" "$server"
wait "$server"`;

/** What a server is started with. */
export interface ServerStart {
  readonly files: PostgresFiles;
  readonly account: Account | undefined;
  readonly data: string;
  readonly port: number;
  readonly settings: Readonly<Record<string, string | number>>;
  readonly stopSignal: string;
}

/** A server of our own, which accepts connections. */
export interface ServerProcess {
  readonly port: number;
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts a server, and waits until it accepts connections.
 *
 * @throws {EmbeddedPostgresError} It ended, with what it said; or did not get ready within a minute.
 */
export async function startServer(start: ServerStart): Promise<ServerProcess> {
  const child = spawnServer(start);
  const { ready, ended } = follow(child);
  // The shell outlives the server until its input ends.
  const letGo = (): void => void child.stdin?.destroy();
  void ended.then(letGo);
  const stop = async (): Promise<void> => {
    letGo();
    if (process.platform === 'win32') child.kill();
    await within(STOP_TIMEOUT_MS, ended, 'PostgreSQL did not stop');
  };
  try {
    await within(START_TIMEOUT_MS, ready, 'PostgreSQL did not start');
  } catch (error) {
    await stop();
    throw error;
  }
  return { port: start.port, ended, stop };
}

function spawnServer({ files, account, data, port, settings, stopSignal }: ServerStart): ChildProcess {
  const all = { listen_addresses: HOST, unix_socket_directories: '', ...settings };
  const command = [files.postgres, '-D', data, '-p', String(port)];
  command.push(...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]));
  const options: SpawnOptions = {
    ...account,
    // Ours may be closed to the account.
    cwd: data,
    // Its own group: Ctrl-C is for the application, which stops the server when it has drained.
    detached: true,
    stdio: ['pipe', 'ignore', 'pipe'],
    // By these variables its clients would find another server.
    env: Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('PG'))),
  };
  const child =
    process.platform === 'win32'
      ? spawn(command[0]!, command.slice(1), { ...options, detached: false })
      : spawn('/bin/sh', ['-c', GUARD, 'postgres', stopSignal, ...command], options);
  // A process that wants to end is not kept by a database.
  child.unref();
  return child;
}

/** When the server is ready, and when it has ended: where its output does. */
function follow(child: ChildProcess): { readonly ready: Promise<void>; readonly ended: Promise<void> } {
  let said = '';
  const output = child.stderr as Socket;
  output.setEncoding('utf8');
  output.unref();
  (child.stdin as Socket).unref();
  const ended = new Promise<void>((resolve) => {
    output.once('close', resolve);
    child.once('error', () => resolve());
  });
  const ready = new Promise<void>((resolve, reject) => {
    output.on('data', (text: string) => {
      said = (said + text).slice(-LOG_LENGTH);
      if (said.includes(READY)) resolve();
    });
    child.once('error', (error) => {
      reject(new EmbeddedPostgresError(`PostgreSQL cannot be run: ${error.message}`, { cause: error }));
    });
    void ended.then(() => reject(new EmbeddedPostgresError(`PostgreSQL did not start: ${said.trim()}`)));
  });
  return { ready, ended };
}

async function within(timeoutMs: number, done: Promise<void>, complaint: string): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new EmbeddedPostgresError(`${complaint} within ${timeoutMs / 1000} s`));
    }, timeoutMs);
  });
  await Promise.race([done, late]).finally(() => clearTimeout(timer));
}

/** The port was taken by another program. */
export function isTaken(error: unknown): boolean {
  return error instanceof EmbeddedPostgresError && error.message.includes('Address already in use');
}

/** Another server has the files; it may be about to stop. */
export function isInUse(error: unknown): boolean {
  return error instanceof EmbeddedPostgresError && /lock file "[^"]*" already exists/.test(error.message);
}
