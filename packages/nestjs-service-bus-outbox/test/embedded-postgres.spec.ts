import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';

import { until } from '../../../test/support/until.js';
import { openDatabase, type OpenedDatabase } from '../src/embedded/open-database.js';
import { startPostgres } from './support/start-postgres.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

async function query(connectionString: string, text: string): Promise<unknown[]> {
  const client = new Client({ connectionString });
  // A server that stops tells every connection, busy or not.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

describe('a database without a connection string', () => {
  let directory: string;
  const opened: OpenedDatabase[] = [];
  const children: ChildProcess[] = [];

  beforeEach(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'test-embedded-'));
  });
  afterEach(async () => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    await Promise.all(opened.splice(0).map((database) => database.close()));
    await rm(directory, { recursive: true, force: true });
  });

  async function open(options: Parameters<typeof openDatabase>[0] = {}): Promise<OpenedDatabase> {
    const database = await openDatabase({ directory, ...options });
    opened.push(database);
    return database;
  }

  it('is an embedded one, and keeps what was written', async () => {
    const first = await open();
    expect(first.isEmbedded).toBe(true);
    await query(first.connectionString, 'CREATE TABLE kept AS SELECT 7 AS n');
    await first.close();
    const second = await open();
    expect(await query(second.connectionString, 'SELECT n FROM kept')).toEqual([{ n: 7 }]);
  });

  it('asks for a password, and shows its files to nobody else', async () => {
    const { connectionString } = await open();
    const wrong = new URL(connectionString);
    wrong.password = 'guessed';
    await expect(query(wrong.href, 'SELECT 1')).rejects.toMatchObject({ code: '28P01' });
    expect((await stat(directory)).mode & 0o077).toBe(0);
    expect((await stat(path.join(directory, 'password'))).mode & 0o077).toBe(0);
  });

  it('tells that its port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    await expect(open({ port })).rejects.toMatchObject({
      name: 'EmbeddedPostgresError',
      message: expect.stringContaining('Address already in use') as unknown,
    });
    other.close();
  });

  it('is refused in production', async () => {
    await expect(open({ isProduction: true })).rejects.toThrow(
      'The connection string of a PostgreSQL is required in production',
    );
    const given = await open({ isProduction: true, connectionString: 'postgresql://db/orders' });
    expect(given).toMatchObject({ isEmbedded: false, connectionString: 'postgresql://db/orders' });
  });

  it('ends with a process that is killed, and the next process has what was committed', async () => {
    const program = `
      import { openDatabase } from 'nestjs-service-bus-outbox';
      import pg from 'pg';
      const { connectionString } = await openDatabase({ directory: process.argv[1] });
      const client = new pg.Client({ connectionString });
      await client.connect();
      await client.query('CREATE TABLE committed AS SELECT 1 AS n');
      await client.query('BEGIN; CREATE TABLE uncommitted AS SELECT 1 AS n');
      console.log(connectionString);
    `;
    const options = [
      '--import',
      './test/support/typescript.js',
      '--input-type=module',
      '-e',
      program,
      directory,
    ];
    const child = spawn(process.execPath, options, { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] });
    children.push(child);
    let said = '';
    child.stdout.on('data', (text: Buffer) => (said += text.toString()));
    // The first process after a change of the sources bundles all of them.
    await until(() => said.includes('postgresql://'), 90_000);
    const connectionString = /postgresql:\S+/.exec(said)?.[0] ?? '';
    child.kill('SIGKILL');
    await until(() =>
      query(connectionString, 'SELECT 1').then(
        () => false,
        () => true,
      ),
    );
    const { connectionString: again } = await open();
    expect(await query(again, "SELECT tablename FROM pg_tables WHERE tablename LIKE '%committed'")).toEqual([
      { tablename: 'committed' },
    ]);
  }, 120_000);
});

describe('the PostgreSQL of the tests', () => {
  it('crashes on demand, and loses nothing but what was not committed', async () => {
    const postgres = await startPostgres();
    try {
      const client = new Client({ connectionString: postgres.connectionString });
      client.on('error', () => undefined);
      await client.connect();
      await client.query('CREATE TABLE committed AS SELECT 1 AS n');
      await client.query('BEGIN; INSERT INTO committed VALUES (2)');
      await postgres.crash();
      await expect(client.query('COMMIT')).rejects.toThrow();
      await postgres.start();
      expect(await query(postgres.connectionString, 'SELECT n FROM committed')).toEqual([{ n: 1 }]);
    } finally {
      await postgres.close();
    }
  });
});
