import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

import { afterEach, describe, expect, it } from '@jest/globals';

import { emulatorScene, receiveOne } from './support/emulator-scene.js';

const AMQP = Buffer.from('AMQP\x00\x01\x00\x00', 'latin1');
const frame = (...body: number[]) => Buffer.of(0, 0, 0, 8 + body.length, 2, 0, 0, 0, ...body);
const OPEN = frame(0x00, 0x53, 0x10, 0xc0, 0x05, 0x01, 0xa1, 0x02, 0x6d, 0x65);
const BEGIN = frame(0x00, 0x53, 0x11, 0xc0, 0x0a, 0x04, 0x40, 0x43, 0x70, 0, 0, 8, 0, 0x70, 0, 0, 8, 0);

const FATAL: [name: string, bytes: Buffer][] = [
  ['bytes of no protocol', Buffer.from([0xff, 0x00, 0x13, 0x37, 0x41, 0x41])],
  ['the start of TLS', Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01])],
  ['another version of AMQP', Buffer.from('AMQP\x00\x00\x09\x01', 'latin1')],
  ['nonsense after the header', Buffer.concat([AMQP, Buffer.alloc(64, 0xab)])],
  ['a frame of 4 GiB', Buffer.concat([AMQP, Buffer.from([0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0])])],
  ['a frame of no bytes', Buffer.concat([AMQP, Buffer.from([0, 0, 0, 0, 2, 0, 0, 0])])],
  ['an unknown performative', Buffer.concat([AMQP, OPEN, frame(0x00, 0x53, 0x99, 0x45)])],
  ['an open without its fields', Buffer.concat([AMQP, frame(0x00, 0x53, 0x10, 0x45)])],
  [
    'a transfer on no session',
    Buffer.concat([AMQP, OPEN, frame(0x00, 0x53, 0x14, 0xc0, 0x03, 0x01, 0x52, 0x07)]),
  ],
  [
    'a flow for an unknown link',
    Buffer.concat([AMQP, OPEN, BEGIN, frame(0x00, 0x53, 0x14, 0xc0, 0x03, 0x01, 0x52, 0x07)]),
  ],
];

describe('misbehaving clients', () => {
  const scene = emulatorScene({ queues: ['orders'] }, { handshakeTimeoutMs: 1_000 });
  const sockets: Socket[] = [];
  afterEach(() => sockets.splice(0).forEach((socket) => socket.destroy()));

  function dial(): Socket {
    const socket = connect(scene.emulator.port, '127.0.0.1');
    socket.on('error', () => undefined);
    sockets.push(socket);
    return socket.resume();
  }

  async function othersAreServed(): Promise<void> {
    await scene.send('orders', { body: 'fine' });
    const receiver = scene.receiver('orders');
    await receiver.completeMessage(await receiveOne(receiver));
    await receiver.close();
  }

  it.each(FATAL)('that send %s lose their connection, and nobody else does', async (_name, bytes) => {
    const socket = dial();
    const closed = once(socket, 'close');
    socket.write(bytes);
    await othersAreServed();
    await closed;
    await othersAreServed();
  });

  it('that disconnect in the middle of a frame leave nothing behind', async () => {
    for (const length of [1, 5, 9, 13]) {
      const socket = dial();
      const all = Buffer.concat([AMQP, OPEN]);
      await new Promise((sent) => socket.write(all.subarray(0, length), sent));
      socket.resetAndDestroy();
    }
    await othersAreServed();
  });

  it('that send one byte at a time are served like others', async () => {
    const socket = dial();
    const answered = once(socket, 'data');
    for (const byte of Buffer.concat([AMQP, OPEN])) socket.write(Buffer.of(byte));
    await answered;
    await othersAreServed();
  });

  it.each([
    ['headers', 'GET /orders HTTP/1.1\r\nHost: x\r\n'],
    ['a body', 'PUT /orders HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n<entry'],
    ['a second request', 'GET /health HTTP/1.1\r\nHost: x\r\n\r\nGET /orders HTTP/1.1\r\nHost: x\r\n'],
  ])('that never finish %s lose their connection to the administration API', async (_what, text) => {
    const socket = dial();
    // A reset is an end as well, and `once` would throw it.
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.write(text);
    // A byte now and then keeps a connection from being idle.
    const trickle = setInterval(() => socket.write('x'), 100);
    await closed;
    clearInterval(trickle);
    await othersAreServed();
  });

  it('that connect in large numbers and send nothing disturb nobody', async () => {
    for (let count = 0; count < 200; count += 1) dial();
    await othersAreServed();
  });

  it('that speak HTTP get the administration API', async () => {
    const response = await fetch(`http://127.0.0.1:${scene.emulator.port}/health`);
    expect(response.status).toBe(200);
  });
});
