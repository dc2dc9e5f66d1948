import { once } from 'node:events';

import { afterEach, describe, expect, it } from '@jest/globals';
import { type ClientOptions, WebSocket } from 'ws';

import { emulatorScene } from './support/emulator-scene.js';

const AMQP = Buffer.from('AMQP\x00\x01\x00\x00', 'latin1');
const PATH = '/$servicebus/websocket';
const PROTOCOLS = ['AMQPWSB10'];
const REBOUND = { origin: 'http://evil.example:5672', headers: { host: 'evil.example:5672' } };

// The SDK's way over WebSockets and TLS is tried with TLS.
describe('AMQP over WebSockets', () => {
  const scene = emulatorScene({ queues: ['orders'] }, { handshakeTimeoutMs: 500 });
  const opened: WebSocket[] = [];
  afterEach(() => opened.splice(0).forEach((webSocket) => webSocket.terminate()));

  function dial(path = PATH, options: ClientOptions = {}, protocols = PROTOCOLS): WebSocket {
    const webSocket = new WebSocket(`ws://127.0.0.1:${scene.emulator.port}${path}`, protocols, options);
    opened.push(webSocket);
    return webSocket;
  }
  /** A reset is an end as well. */
  const closed = (webSocket: WebSocket): Promise<unknown> =>
    new Promise((resolve) => webSocket.on('error', () => undefined).once('close', resolve));
  async function greeted(webSocket: WebSocket): Promise<string> {
    await once(webSocket, 'open');
    webSocket.send(AMQP);
    const [answer] = (await once(webSocket, 'message')) as [Buffer];
    return answer.subarray(0, 4).toString('latin1');
  }

  it.each(['AMQPWSB10', 'amqp'])('is served by the protocol %s, beside AMQP', async (protocol) => {
    const webSocket = dial(PATH, {}, ['unknown', protocol]);
    expect(await greeted(webSocket)).toBe('AMQP');
    expect(webSocket.protocol).toBe(protocol);
  });

  it.each([
    ['another path', '/websocket', {}, 404],
    ['a page from elsewhere', PATH, { origin: 'https://example.org' }, 403],
    ['a page whose name was made to point here', PATH, REBOUND, 421],
    ['a page without an origin of its own', PATH, { origin: 'null' }, 403],
  ])('is refused to %s', async (_who, path, options, status) => {
    const [error] = (await once(dial(path, options), 'error')) as [Error];
    expect(error.message).toBe(`Unexpected server response: ${status}`);
  });

  it('is served to a page of this machine', async () => {
    expect(await greeted(dial(PATH, { origin: 'http://localhost:8080' }))).toBe('AMQP');
  });

  it('ends for whoever sends more than frames can have, or nothing', async () => {
    const large = dial();
    await once(large, 'open');
    large.send(Buffer.alloc(2 * 1024 * 1024));
    await closed(large);
    await closed(dial());
    expect(await greeted(dial())).toBe('AMQP');
  });
});
