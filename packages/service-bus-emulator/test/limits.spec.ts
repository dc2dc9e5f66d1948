import { once } from 'node:events';
import { connect } from 'node:net';

import { describe, expect, it } from '@jest/globals';

import { AmqpClient } from './support/amqp-client.js';
import { emulatorScene, receiveOne, serviceBusError } from './support/emulator-scene.js';
import { until } from '../../../test/support/until.js';

describe('the limit of connections', () => {
  const scene = emulatorScene({ queues: ['orders'] }, { maxConnections: 2 });

  it('refuses further connections until there is room', async () => {
    const first = await AmqpClient.connect(scene.emulator.port);
    const second = await AmqpClient.connect(scene.emulator.port);
    await expect(AmqpClient.connect(scene.emulator.port)).rejects.toThrow('disconnected');
    expect(await first.putToken('orders')).toMatchObject({ status: 202 });
    await second.close();
    await until(async () => {
      try {
        await (await AmqpClient.connect(scene.emulator.port)).close();
        return true;
      } catch {
        return false;
      }
    });
    await first.close();
  });
});

describe('the limit of sockets whose protocol is not known yet', () => {
  const scene = emulatorScene({ queues: ['orders'] }, { maxConnections: 2 });

  it('closes sockets beyond it at once, long before the deadline', async () => {
    let cut = 0;
    const sockets = Array.from({ length: 150 }, () =>
      connect(scene.emulator.port, '127.0.0.1')
        .on('error', () => undefined)
        .on('close', () => (cut += 1))
        .resume(),
    );
    await until(() => cut === 46);
    for (const socket of sockets) socket.destroy();
    await until(() => cut === 150);
    await until(async () => {
      try {
        await (await AmqpClient.connect(scene.emulator.port)).close();
        return true;
      } catch {
        return false;
      }
    });
  });
});

describe('the limit of links', () => {
  const scene = emulatorScene({ queues: ['orders'] }, { maxLinks: 10 });

  it('refuses further links, and keeps the existing ones', async () => {
    const client = await AmqpClient.connect(scene.emulator.port);
    await client.putToken('orders');
    const attach = async () => {
      const links = [];
      for (;;) links.push(await client.receiver('orders'));
    };
    await expect(attach()).rejects.toMatchObject({ condition: 'amqp:resource-limit-exceeded' });
    expect(scene.entity('orders').receiverCount).toBeGreaterThan(5);
    expect(client.connection.is_open()).toBe(true);
    await client.close();
    await scene.send('orders', { body: 1 });
  });
});

describe('the deadline of the handshake', () => {
  const scene = emulatorScene({ queues: ['orders'] }, { handshakeTimeoutMs: 200 });

  it.each([
    ['says nothing', Buffer.alloc(0)],
    ['says half of the first word', Buffer.from('AMQP')],
    ['stops after SASL', Buffer.from('AMQP\x03\x01\x00\x00', 'latin1')],
    ['stops before its connection is open', Buffer.from('AMQP\x00\x01\x00\x00', 'latin1')],
    ['stops in the midst of a frame', Buffer.from('AMQP\x00\x01\x00\x00\x00\x00\x01', 'latin1')],
  ])('cuts off a client that %s', async (_what, bytes) => {
    const socket = connect(scene.emulator.port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.resume();
    socket.write(bytes);
    await once(socket, 'close');
  });

  it('does not affect others', async () => {
    const client = await AmqpClient.connect(scene.emulator.port);
    const socket = connect(scene.emulator.port, '127.0.0.1');
    socket.on('error', () => undefined);
    await once(socket.resume(), 'close');
    expect(await client.putToken('orders')).toMatchObject({ status: 202 });
    await client.close();
  });
});

describe('the limit of memory', () => {
  const scene = emulatorScene({ queues: ['orders', 'others'] }, { maxStoredBytes: 1024 * 1024 });

  it('refuses messages for all entities together, until there is room', async () => {
    const body = Buffer.alloc(200 * 1024);
    for (const queue of ['orders', 'others', 'orders', 'others', 'orders']) await scene.send(queue, { body });
    await expect(scene.send('others', { body })).rejects.toMatchObject(serviceBusError('QuotaExceeded'));
    const receiver = scene.receiver('orders');
    await receiver.completeMessage(await receiveOne(receiver));
    await scene.send('others', { body });
  });
});
