import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { get, type IncomingMessage } from 'node:http';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { connect } from 'node:tls';
import { type Readable } from 'node:stream';

import { ServiceBusClient } from '@azure/service-bus';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';

import { buildEmulator } from './support/build-emulator.js';
import { QUICK, receiveOne } from './support/emulator-scene.js';
import { until } from '../../../test/support/until.js';

interface Program {
  readonly process: ChildProcessByStdio<null, Readable, Readable>;
  readonly output: () => string;
  readonly errors: () => string;
  readonly exited: Promise<number | NodeJS.Signals>;
}

const FREE = ['--port', '0', '--admin-port', '0'];
const CONFIG = `{
  // as Microsoft's samples have it
  "UserConfig": { "Namespaces": [ { "Name": "sbemulatorns",
    "Queues": [ { "Name": "queue.1", "Properties": { "LockDuration": "PT1M", "MaxDeliveryCount": 3 } } ],
    "Topics": [ { "Name": "topic.1", "Properties": {}, "Subscriptions": [ { "Name": "subscription.1", "Properties": {},
      "Rules": [ { "Name": "blue", "Properties": { "FilterType": "Sql", "SqlFilter": { "SqlExpression": "color = 'blue'" } } } ] } ] } ]
  } ], "Logging": { "Type": "File" } }
}`;

describe('the standalone program', () => {
  const programs: Program[] = [];
  let folder: string;
  let main: string;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'service-bus-emulator-'));
    main = await buildEmulator(folder);
  });
  afterAll(() => rm(folder, { recursive: true }));
  afterEach(async () => {
    for (const program of programs.splice(0)) {
      program.process.kill('SIGKILL');
      await program.exited;
    }
  });

  function start(...options: string[]): Program {
    const child = spawn(process.execPath, [main, ...options], { stdio: ['ignore', 'pipe', 'pipe'] });
    const read = (stream: Readable): (() => string) => {
      let text = '';
      stream.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      return () => text;
    };
    const exited = once(child, 'close').then(([code, signal]) => (code ?? signal) as number | NodeJS.Signals);
    const program = { process: child, output: read(child.stdout), errors: read(child.stderr), exited };
    programs.push(program);
    return program;
  }

  async function connectionString(program: Program): Promise<string> {
    await until(() => program.output().includes('Endpoint='), 15_000);
    return /Endpoint=\S+/.exec(program.output())![0];
  }

  async function configFile(text: string): Promise<string> {
    const file = path.join(folder, `${Math.random()}.json`);
    await writeFile(file, text);
    return file;
  }

  it('serves the entities of its configuration, and stops cleanly on SIGTERM', async () => {
    const program = start('--config', await configFile(CONFIG), ...FREE);
    const client = new ServiceBusClient(await connectionString(program), QUICK);
    await client.createSender('queue.1').sendMessages({ body: 'hello' });
    expect((await receiveOne(client.createReceiver('queue.1'))).body).toBe('hello');
    const events = client.createSender('topic.1');
    await events.sendMessages([
      { body: 'red', applicationProperties: { color: 'red' } },
      { body: 'blue', applicationProperties: { color: 'blue' } },
    ]);
    expect((await receiveOne(client.createReceiver('topic.1', 'subscription.1'))).body).toBe('blue');
    const url = /http:\S+/.exec(program.output())![0];
    expect((await fetch(`${url}/health`)).status).toBe(200);
    // What Testcontainers' modules and many scripts wait for.
    await until(() => program.output().endsWith('Emulator Service is Successfully Up!\n'));

    program.process.kill('SIGTERM');
    expect(await program.exited).toBe(0);
    expect(program.errors()).toBe('');
    await client.close();
  });

  it('serves the configuration at the root of the repository, and stops cleanly on SIGINT', async () => {
    const program = start('--config', 'Config.json', ...FREE);
    const client = new ServiceBusClient(await connectionString(program), QUICK);
    await client.createSender('PyconLabQueue').sendMessages({ body: 'Hello world!' });
    await client.close();
    program.process.kill('SIGINT');
    expect(await program.exited).toBe(0);
  });

  it('serves TLS with a certificate that it leaves where clients can read it', async () => {
    const program = start('--tls', '--tls-port', '0', ...FREE);
    await connectionString(program);
    await until(() => program.output().includes('NODE_EXTRA_CA_CERTS='));
    const [, port = ''] = /by TLS +Endpoint=sb:\/\/127\.0\.0\.1:(\d+);/.exec(program.output()) ?? [];
    const [, file = ''] = /NODE_EXTRA_CA_CERTS=(.+)/.exec(program.output()) ?? [];
    const socket = connect({ port: Number(port), servername: 'localhost', ca: await readFile(file) });
    await once(socket, 'secureConnect');
    socket.destroy();
    program.process.kill('SIGTERM');
    expect(await program.exited).toBe(0);
    await expect(readFile(file)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('says what it lacks for TLS', async () => {
    const file = await configFile('no certificate');
    const program = start('--tls-cert', file, ...FREE);
    expect(await program.exited).toBe(1);
    expect(program.errors()).toBe('tls: a certificate needs its key\n');
  });

  it('warns where it can be reached from elsewhere, and prints what clients can use', async () => {
    const program = start('--host', '0.0.0.0', '--allow-host', 'other.example, sb.emulator', ...FREE);
    expect(await connectionString(program)).toContain('Endpoint=sb://localhost:');
    const url = /http:\S+/.exec(program.output())![0];
    const answer = await once(get(`${url}/health`, { headers: { host: 'sb.emulator' } }), 'response');
    expect((answer as [IncomingMessage])[0].statusCode).toBe(200);
    await until(() => program.errors() !== '');
    expect(program.errors()).toMatch(/^warning: it listens on 0\.0\.0\.0, .* its key is public/);
    const quiet = start(...FREE);
    await connectionString(quiet);
    expect(quiet.errors()).toBe('');
  });

  it('prints the version of its package', async () => {
    const { version } = JSON.parse(await readFile('packages/service-bus-emulator/package.json', 'utf8')) as {
      version: string;
    };
    const program = start('--version');
    expect(await program.exited).toBe(0);
    expect(program.output()).toBe(`${version}\n`);
  });

  it('prints its options for --help', async () => {
    const program = start('--help');
    expect(await program.exited).toBe(0);
    expect(program.output()).toMatch(/--config FILE[^]*--port PORT[^]*--admin-port PORT[^]*--host ADDRESS/);
  });

  it.each<[string, string[], RegExp]>([
    ['an option that it does not have', ['--prot', '1'], /--prot[^]*Usage:/],
    ['a port that is none', ['--port', 'http'], /--port http: a port is a number from 0 to 65535/],
    ['a file that is not there', ['--config', 'missing.json', ...FREE], /missing\.json/],
  ])('fails for %s', async (_what, options, message) => {
    const program = start(...options);
    expect(await program.exited).toBe(1);
    expect(program.errors()).toMatch(message);
    expect(program.output()).toBe('');
  });

  it('fails for an invalid configuration, with every problem', async () => {
    const file = await configFile(
      CONFIG.replace('"PT1M"', '"one minute"').replace(
        '"MaxDeliveryCount": 3',
        '"MaxDeliveryCount": "three"',
      ),
    );
    const program = start('--config', file, ...FREE);
    expect(await program.exited).toBe(1);
    const place = 'UserConfig.Namespaces[0].Queues[0].Properties';
    expect(program.errors()).toContain(`${place}.LockDuration: expected an ISO 8601 duration`);
    expect(program.errors()).toContain(`${place}.MaxDeliveryCount: expected a whole number`);
  });

  it('warns of what in its configuration has no effect', async () => {
    const file = await configFile(CONFIG.replace('"LockDuration"', '"LockDurations"'));
    const program = start('--config', file, ...FREE);
    await connectionString(program);
    const place = 'UserConfig.Namespaces[0].Queues[0].Properties.LockDurations';
    expect(program.errors()).toContain(`warning: ${file}:4:54: ${place}: has no effect`);
  });

  it('fails for an invalid rule, and says where the error is', async () => {
    const program = start(
      '--config',
      await configFile(CONFIG.replace("color = 'blue'", 'color = = 1')),
      ...FREE,
    );
    expect(await program.exited).toBe(1);
    expect(program.errors()).toMatch(/color = = 1|position|column/i);
    expect(program.errors()).not.toContain('    at ');
  });

  describe('with a port in use', () => {
    let server: Server;
    let port: number;
    beforeAll(async () => {
      server = createServer();
      await once(server.listen(0, '127.0.0.1'), 'listening');
      port = (server.address() as { port: number }).port;
    });
    afterAll(() => new Promise((closed) => server.close(closed)));

    it('fails, and names the port and the options', async () => {
      for (const options of [
        ['--port', String(port), '--admin-port', '0'],
        ['--port', '0', '--admin-port', String(port)],
      ]) {
        const program = start(...options);
        expect(await program.exited).toBe(1);
        expect(program.errors()).toContain(
          `Port ${port} is taken: choose another with --port, --admin-port or --tls-port`,
        );
      }
    });
  });
});
