import { once } from 'node:events';
import { createServer, get, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect, createServer as createPort, type Socket } from 'node:net';

import { describe, expect, it } from '@jest/globals';

import { limitConnections } from '../../src/administration/limit-connections.js';
import { administrationScene } from '../support/administration-scene.js';
import { until } from '../../../../test/support/until.js';

describe('the administration over HTTP', () => {
  const scene = administrationScene(
    { queues: ['orders', 'café'], topics: [{ name: 'events', subscriptions: ['all'] }] },
    { acceptAnyToken: true, administrationPort: 0 },
  );

  it('is served on the AMQP port and on a port of its own', async () => {
    expect(scene.emulator.administrationUrl).not.toBe(`http://${scene.host}`);
    for (const base of [`http://${scene.host}`, scene.emulator.administrationUrl]) {
      const address = `sb://${base.replace('http://', '')}`;
      const client = scene.administer(scene.emulator.connectionString.replace(/sb:\/\/[^;]*/, address));
      expect((await client.getQueue('orders')).name).toBe('orders');
      await client.createQueue('shared', { userMetadata: 'x'.repeat(1_000) });
      await client.deleteQueue('shared');
    }
  });

  it('reports that it is healthy, on both ports', async () => {
    for (const base of [`http://${scene.host}`, scene.emulator.administrationUrl]) {
      const response = await fetch(`${base}/health`);
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toMatch(/json/);
      expect(await response.json()).toMatchObject({ status: 'healthy' });
    }
  });

  it('answers in ATOM', async () => {
    const one = await scene.request('GET', 'orders');
    expect(one.type).toBe('application/atom+xml;type=entry;charset=utf-8');
    expect(one.text).toMatch(
      /^<\?xml version="1.0" encoding="utf-8"\?><entry xmlns="http:\/\/www.w3.org\/2005\/Atom">/,
    );
    const many = await scene.request('GET', '$Resources/Queues?$top=1');
    expect(many.type).toBe('application/atom+xml;type=feed;charset=utf-8');
    expect(many.text).toContain(
      `<link rel="next" href="http://${scene.host}/$Resources/Queues?api-version=2021-05&amp;$skip=1&amp;$top=1">`,
    );
    const all = await scene.request('GET', '$Resources/Queues');
    expect(all.text).toContain('<link rel="self"');
    expect(all.text).not.toContain('rel="next"');
    const wrong = await scene.request('GET', 'nowhere');
    expect(wrong).toMatchObject({ status: 404, type: 'application/xml;charset=utf-8' });
    expect(wrong.text).toContain('<Error><Code>404</Code><Detail>SubCode=40400. The messaging entity');
  });

  it('returns URLs with escaped names', async () => {
    const { status, text } = await scene.request('GET', 'caf%C3%A9');
    expect(status).toBe(200);
    expect(text).toContain(`<id>http://${scene.host}/caf%C3%A9?api-version=2021-05</id>`);
    expect((await scene.request('GET', 'ord%65rs')).status).toBe(200);
    expect((await scene.request('GET', 'orders%ff')).status).toBe(400);
  });

  it('refuses methods that a resource does not have', async () => {
    for (const [method, path] of [
      ['POST', 'orders'],
      ['PATCH', 'orders'],
      ['DELETE', '$Resources/Queues'],
      ['PUT', '$namespaceinfo'],
      ['PUT', 'events/Subscriptions'],
    ] as const) {
      expect((await scene.request(method, path)).status).toBe(405);
    }
    expect((await scene.request('GET', 'orders')).status).toBe(200);
  });

  it.each(['$skip=-1', '$top=many', '$skip=1.5', '$skip=99999999999999999999'])(
    'refuses the page %s',
    async (query) => {
      expect((await scene.request('GET', `$Resources/Queues?${query}`)).status).toBe(400);
    },
  );

  it('answers requests for unknown paths', async () => {
    for (const path of [
      '$nothing',
      '$Resources/Nothing',
      'a/Subscriptions/b/c/d',
      'events/Subscriptions/all/Rules/x/y',
    ]) {
      expect((await scene.request('GET', path)).status).toBe(404);
    }
  });

  it('serves many requests on one connection, one after another', async () => {
    const socket = connect(scene.emulator.port, '127.0.0.1');
    await once(socket, 'connect');
    const get = 'GET /orders HTTP/1.1\r\nHost: a&b\r\n\r\n';
    socket.write(get + get + get.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n'));
    let text = '';
    for await (const chunk of socket) text += String(chunk);
    expect(text.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(3);
    // Whatever the client calls its host, the answer stays well-formed.
    expect(text).toContain('<id>http://a&amp;b/orders');
  });

  it.each([
    ['a name that was made to point here', { host: 'evil.example' }, 421],
    ['a page of another site', { origin: 'https://evil.example' }, 403],
    ['an image in a page of another site', { 'sec-fetch-site': 'cross-site' }, 403],
  ])('is refused to %s, on both ports', async (_who, headers, status) => {
    for (const base of [`http://${scene.host}`, scene.emulator.administrationUrl]) {
      for (const path of ['/orders', '/health', '/$Resources/Queues']) {
        const [response] = (await once(get(`${base}${path}`, { headers }), 'response')) as [IncomingMessage];
        expect(response.statusCode).toBe(status);
        expect(String(await response.toArray())).toContain(`<Detail>SubCode=${status}00. `);
      }
    }
  });

  it('survives clients that send garbage or disconnect', async () => {
    for (const bytes of [
      'GET \0\0\0 HTTP/9\r\n\r\n',
      'PUT /gone HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n<entry>',
    ]) {
      const socket = connect(scene.emulator.port, '127.0.0.1');
      await once(socket, 'connect');
      socket.on('error', () => undefined);
      socket.write(bytes);
      setImmediate(() => socket.destroySoon());
      await once(socket, 'close');
    }
    expect((await scene.request('GET', 'gone')).status).toBe(404);
    expect((await scene.request('GET', 'orders')).status).toBe(200);
  });
});

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
