import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { TcpProxy } from './tcp-proxy.js';
import { until } from './until.js';

describe('TcpProxy', () => {
  let server: Server;
  let proxy: TcpProxy;
  let client: Socket;
  let received: string;
  let pieces: number;

  async function connectClient(): Promise<Socket> {
    const socket = connect(proxy.port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.setEncoding('utf8').on('data', (text: string) => {
      received += text;
      pieces += 1;
    });
    await once(socket, 'connect');
    return socket;
  }

  beforeEach(async () => {
    received = '';
    pieces = 0;
    server = createServer((socket) => socket.on('error', () => undefined).pipe(socket));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    proxy = await TcpProxy.start((server.address() as AddressInfo).port);
    client = await connectClient();
  });

  afterEach(async () => {
    client.destroy();
    await proxy.close();
    server.close();
  });

  it('carries bytes both ways and in order, sliced', async () => {
    proxy.conditions = { sliceBytes: 3 };
    const text = 'to be carried '.repeat(20);
    client.write(text);
    await until(() => received.length === text.length);
    expect(received).toBe(text);
    expect(pieces).toBeGreaterThan(1);
  });

  it('is late by the latency of both ways', async () => {
    proxy.conditions = { latencyMs: 40 };
    const startMs = performance.now();
    client.write('late');
    await until(() => received === 'late');
    expect(performance.now() - startMs).toBeGreaterThan(79);
  });

  it('resets connections', async () => {
    client.write('here');
    await until(() => received === 'here');
    let code: unknown;
    client.on('error', (error: NodeJS.ErrnoException) => (code = error.code));
    proxy.reset();
    await until(() => client.closed);
    expect(code).toBe('ECONNRESET');
  });

  it('leaves connections half-open, and takes new ones', async () => {
    client.write('here');
    await until(() => received === 'here');
    proxy.silence();
    client.write(' gone');
    const second = await connectClient();
    second.write(' anew');
    await until(() => received === 'here anew');
    expect(client.destroyed).toBe(false);
    second.destroy();
  });
});
