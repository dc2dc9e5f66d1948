import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect, createServer as createPort, type Socket } from 'node:net';

import { describe, expect, it } from '@jest/globals';

import { limitConnections } from '../../src/administration/limit-connections.js';
import { until } from '../../../../test/support/until.js';

describe('limitConnections', () => {
  it('closes connections beyond the limit until there is room again', async () => {
    const server = createServer((_, response) => response.end('here'));
    limitConnections(server, 2);
    const port = createPort((socket) => void server.emit('connection', socket)).listen(0, '127.0.0.1');
    await once(port, 'listening');
    const { port: number } = port.address() as AddressInfo;
    const sockets: Socket[] = [];

    async function answer(): Promise<string> {
      const socket = connect(number, '127.0.0.1');
      socket.on('error', () => undefined);
      sockets.push(socket);
      socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
      const first = await Promise.race([once(socket, 'data'), once(socket, 'close').then(() => [''])]);
      return String(first[0]);
    }

    expect(await answer()).toContain('200 OK');
    expect(await answer()).toContain('200 OK');
    expect(await answer()).toBe('');
    expect(await answer()).toBe('');
    sockets[0]?.destroy();
    await until(async () => (await answer()).includes('200 OK'));

    sockets.forEach((socket) => socket.destroy());
    port.close();
    await once(port, 'close');
  });
});
