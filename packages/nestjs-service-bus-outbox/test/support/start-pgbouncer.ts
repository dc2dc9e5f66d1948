import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { until } from '../../../../test/support/until.js';
import { freePort } from '../../src/embedded/free-port.js';
import { findAccount } from '../../src/embedded/postgres-account.js';

/** The program, where this machine has it. */
export const PGBOUNCER = ['/usr/sbin/pgbouncer', '/usr/bin/pgbouncer'].find((program) => {
  try {
    return execFileSync(program, ['--version']).length > 0;
  } catch {
    return false;
  }
});

/** A PgBouncer in transaction mode before a database. */
export interface TestPgBouncer {
  readonly connectionString: string;
  close(): Promise<void>;
}

export async function startPgBouncer(database: string): Promise<TestPgBouncer> {
  const { hostname, port: databasePort, username, password, pathname } = new URL(database);
  const directory = await mkdtemp(path.join(tmpdir(), 'test-pgbouncer-'));
  const configuration = path.join(directory, 'pgbouncer.ini');
  const port = await freePort();
  const server = `host=${hostname} port=${databasePort} user=${username} password=${password}`;
  await writeFile(
    configuration,
    `[databases]\n${pathname.slice(1)} = ${server}\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = ${port}\n` +
      'auth_type = any\npool_mode = transaction\nunix_socket_dir =\nserver_lifetime = 3600\n',
  );
  const account = await findAccount();
  if (account)
    await Promise.all([directory, configuration].map((file) => chown(file, account.uid, account.gid)));
  const child = spawn(PGBOUNCER ?? 'pgbouncer', [configuration], { ...account, stdio: 'ignore' });
  const exited = once(child, 'exit');
  await until(() => answers(port));
  return {
    connectionString: `postgresql://${username}@127.0.0.1:${port}${pathname}`,
    async close() {
      child.kill('SIGKILL');
      await exited;
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
