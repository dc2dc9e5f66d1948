import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect as connectTcp } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { connect, type ConnectionOptions } from 'node:tls';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { type Emulator } from '../src/index.js';
import { createTls, provideCertificate, TlsError } from '../src/server/tls.js';
import { startTestEmulator } from '../../../test/support/start-emulator.js';

const AMQP = Buffer.from('AMQP\x00\x01\x00\x00', 'latin1');

// Only a new process takes NODE_EXTRA_CA_CERTS: the SDK has no option for a certificate authority.
const CLIENT = `
  import { ServiceBusAdministrationClient, ServiceBusClient } from '@azure/service-bus';
  import { WebSocket } from 'ws';
  const [, connectionString, byWebSockets] = process.argv;
  await new ServiceBusAdministrationClient(connectionString).createQueue('made-' + byWebSockets);
  const options = byWebSockets === 'true' ? { webSocketOptions: { webSocket: WebSocket } } : {};
  const client = new ServiceBusClient(connectionString, options);
  const sender = client.createSender('made-' + byWebSockets);
  await sender.sendMessages([{ body: 'x'.repeat(200_000) }, { body: 'Hello world!' }]);
  const receiver = client.createReceiver('made-' + byWebSockets);
  const messages = [];
  while (messages.length < 2) messages.push(...(await receiver.receiveMessages(2)));
  for (const message of messages) await receiver.completeMessage(message);
  await client.close();
  console.log(messages.map(({ body }) => body.length).join());
`;

describe('an emulator with TLS', () => {
  let emulator: Emulator;
  let folder: string;

  beforeAll(async () => {
    emulator = await startTestEmulator({}, { tls: { port: 0 }, handshakeTimeoutMs: 500 });
    folder = await mkdtemp(path.join(tmpdir(), 'emulator-tls-'));
  });
  afterAll(async () => {
    await emulator.close();
    await rm(folder, { recursive: true });
  });

  const port = (): number => (emulator.tls as { port: number }).port;
  async function greet(options: ConnectionOptions): Promise<Buffer> {
    const { certificate = '' } = emulator.tls ?? {};
    const socket = connect({ port: port(), host: '127.0.0.1', ca: certificate, ...options });
    try {
      await once(socket, 'secureConnect');
      socket.write(AMQP);
      return ((await once(socket, 'data')) as [Buffer])[0];
    } finally {
      socket.destroy();
    }
  }

  it.each([false, true])('serves the unchanged SDK, over WebSockets: %s', async (byWebSockets) => {
    const { tls } = emulator;
    const file = path.join(folder, 'certificate.pem');
    await writeFile(file, tls?.certificate ?? '');
    const args = ['--input-type=module', '-e', CLIENT, tls?.connectionString ?? '', String(byWebSockets)];
    const env = { PATH: process.env['PATH'], NODE_EXTRA_CA_CERTS: file };
    const { stdout } = await promisify(execFile)(process.execPath, args, { env });
    expect(stdout).toBe('200000,12\n');
    expect(tls?.connectionString).not.toContain('UseDevelopmentEmulator');
  });

  it.each(['localhost', 'service-bus-emulator', 'host.docker.internal'])(
    'has a certificate for %s',
    async (servername) => {
      expect((await greet({ servername })).subarray(0, 4).toString()).toBe('AMQP');
    },
  );

  it('has no certificate for another name, nor one that everybody trusts', async () => {
    await expect(greet({ servername: 'example.org' })).rejects.toMatchObject({
      code: 'ERR_TLS_CERT_ALTNAME_INVALID',
    });
    await expect(greet({ servername: 'localhost', ca: undefined })).rejects.toMatchObject({
      code: 'DEPTH_ZERO_SELF_SIGNED_CERT',
    });
  });

  it('refuses plain AMQP on its port, and those that only connect', async () => {
    for (const bytes of [AMQP, Buffer.alloc(0)]) {
      const socket = connectTcp(port(), '127.0.0.1').resume();
      socket.on('error', () => undefined);
      const closed = new Promise((resolve) => socket.once('close', resolve));
      socket.write(bytes);
      await closed;
    }
    expect((await greet({ servername: 'localhost' })).length).toBeGreaterThan(0);
  });

  it('takes a certificate of its user', async () => {
    const own = await provideCertificate({}, 'broker.test');
    const other = await startTestEmulator({}, { tls: { port: 0, ...own }, host: '127.0.0.1' });
    const socket = connect({ port: other.tls?.port ?? 0, servername: 'broker.test', ca: own.certificate });
    await once(socket, 'secureConnect');
    socket.destroy();
    expect(other.tls?.certificate).toBe(own.certificate);
    await other.close();
  });

  it('says what is wrong with a certificate', async () => {
    const { certificate } = await provideCertificate({}, 'localhost');
    await expect(startTestEmulator({}, { tls: { certificate } })).rejects.toEqual(
      new TlsError('tls: a certificate needs its key'),
    );
    await expect(
      startTestEmulator({}, { tls: { port: 0, certificate: 'none', key: 'none' } }),
    ).rejects.toThrow(/^tls: the certificate cannot be used: /);
    expect(() => createTls({ certificate, key: 'none' }, 1_000, () => undefined)).toThrow(TlsError);
  });
});
