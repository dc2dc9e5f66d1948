import { once } from 'node:events';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { AmqpClient } from './support/amqp-client.js';
import { emulatorScene, receiveOne } from './support/emulator-scene.js';
import { until } from '../../../test/support/until.js';

const MINUTE = 60_000;
const BODY = Buffer.from('005375a00178', 'hex');

describe('idle', () => {
  const scene = emulatorScene({ queues: ['orders', 'others'] });
  let client: AmqpClient;
  beforeEach(async () => {
    client = await AmqpClient.connect(scene.emulator.port);
    await client.putToken('orders');
  });
  afterEach(() => client.close());

  it('links are detached after 10 minutes, those that wait for messages are not', async () => {
    const sender = await client.sender('orders');
    const [asking, idle] = [await client.receiver('orders'), await client.receiver('orders')];
    asking.add_credit(1);
    await client.request('orders', 'peek-message', { 'from-sequence-number': 1, 'message-count': 1 });
    scene.clock.advance(10 * MINUTE - 1);
    await client.request('orders', 'peek-message', { 'from-sequence-number': 1, 'message-count': 1 });
    expect([sender.is_open(), idle.is_open()]).toEqual([true, true]);
    scene.clock.advance(1);
    await until(() => sender.is_closed() && idle.is_closed());
    expect(sender.error).toMatchObject({
      condition: 'amqp:link:detach-forced',
      description: expect.stringMatching(/publisher.* Idle timeout: 00:10:00/),
    });
    expect(idle.error).toMatchObject({ description: expect.stringMatching(/consumer/) });
    expect(asking.is_open()).toBe(true);
  });

  it('links are not those that are used', async () => {
    const sender = await client.sender('orders');
    for (let minutes = 0; minutes < 30; minutes += 6) {
      expect(await client.send(sender, BODY)).toBe('accepted');
      scene.clock.advance(6 * MINUTE);
    }
    expect(sender.is_open()).toBe(true);
  });

  it('connections without links are closed after 5 minutes', async () => {
    const sender = await client.sender('orders');
    sender.close();
    await once(sender, 'sender_close');
    const closed = once(client.connection, 'connection_close');
    scene.clock.advance(5 * MINUTE - 1);
    expect(client.connection.is_open()).toBe(true);
    scene.clock.advance(1);
    await closed;
    expect(client.connection.error).toMatchObject({
      condition: 'amqp:connection:forced',
      description: expect.stringMatching(/inactive for more than the allowed 300000 milliseconds/),
    });
  });

  it('connections that never had a link are closed after a minute', async () => {
    const closed = once(client.connection, 'connection_close');
    scene.clock.advance(MINUTE);
    await closed;
    expect(client.connection.error).toMatchObject({
      description: expect.stringMatching(/60000 milliseconds/),
    });
  });

  it('clients of the SDK find their way back', async () => {
    const [sender, receiver] = [scene.client.createSender('others'), scene.receiver('others')];
    for (let round = 0; round < 3; round += 1) {
      await sender.sendMessages({ body: round });
      await receiver.completeMessage(await receiveOne(receiver));
      scene.clock.advance(16 * MINUTE);
    }
    expect(scene.entity('others').messages()).toEqual([]);
  });
});

describe('a test that moves the clock by more than the idle time and goes on at once', () => {
  const scene = emulatorScene({ queues: ['orders', 'others'] });

  it('has its connection still if nothing could be read in time', async () => {
    const connection = await AmqpClient.connect(scene.emulator.port);
    await connection.putToken('orders');
    const sender = await connection.sender('orders');
    scene.clock.advance(30 * MINUTE);
    const settled = connection.send(sender, BODY);
    // The client's frame is on its way, and then the process stands still for longer than the grace.
    await new Promise<void>((written) => process.nextTick(written));
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
    expect(await settled).toBe('accepted');
    await connection.close();
  });

  it('has its connection still, with and without links on it', async () => {
    const connection = await AmqpClient.connect(scene.emulator.port);
    scene.clock.advance(30 * MINUTE);
    await connection.putToken('orders');
    expect(await connection.send(await connection.sender('orders'), BODY)).toBe('accepted');
    await connection.close();

    await scene.send('orders', { body: 'before' });
    scene.clock.advance(30 * MINUTE);
    await scene.send('others', { body: 'after' });
    expect(scene.entity('others').counts.active).toBe(1);
  });
});

describe('without `endsIdle`', () => {
  const scene = emulatorScene({ queues: ['orders'] }, { endsIdle: false });

  it('everything lives on', async () => {
    const client = await AmqpClient.connect(scene.emulator.port);
    await client.putToken('orders');
    const sender = await client.sender('orders');
    scene.clock.advance(24 * 60 * MINUTE);
    // The server's timers run in order: one that would end the link would have been due before this one.
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await client.send(sender, BODY)).toBe('accepted');
    await client.close();
  });
});

describe('a client that waits for a session', () => {
  const scene = emulatorScene({ queues: [{ name: 'sessions', requiresSession: true }] });

  it('waits for 65 seconds, whatever it asks for', async () => {
    const client = await AmqpClient.connect(scene.emulator.port);
    await client.putToken('sessions');
    const accepting = client.receiver('sessions', {
      source: { address: 'sessions', filter: { 'com.microsoft:session-filter': null } } as never,
      properties: { 'com.microsoft:timeout': 600_000 },
    });
    const refused = expect(accepting).rejects.toMatchObject({ condition: 'com.microsoft:timeout' });
    await until(() => scene.entity('sessions').receiverCount === 1);
    scene.clock.advance(64_999);
    expect(scene.entity('sessions').receiverCount).toBe(1);
    scene.clock.advance(1);
    await refused;
    await client.close();
  });
});
