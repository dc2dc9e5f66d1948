import { once } from 'node:events';

import { describe, expect, it } from '@jest/globals';
import rhea, { type Delivery, type Message } from 'rhea';

import { AmqpClient } from './support/amqp-client.js';
import { emulatorScene, receiveOne } from './support/emulator-scene.js';
import { until } from '../../../test/support/until.js';

const COUNT = 100;

describe('clients that do not read what they requested', () => {
  const scene = emulatorScene({ queues: ['large', 'left', 'next', 'others', 'requests'] });

  async function fill(queue: string): Promise<void> {
    const sender = scene.client.createSender(queue);
    for (let body = 0; body < COUNT; body += 1)
      await sender.sendMessages({ body: Buffer.alloc(150_000, body) });
  }

  async function othersAreServed(): Promise<void> {
    await scene.send('others', { body: 'fine' });
    const receiver = scene.receiver('others');
    await receiver.completeMessage(await receiveOne(receiver));
  }

  it('get all of it later, in order; others are served in the meantime', async () => {
    await fill('large');
    const client = await AmqpClient.connect(scene.emulator.port);
    await client.putToken('large');
    const receiver = await client.receiver('large');
    const firstBytes: number[] = [];
    receiver.on('message', ({ message, delivery }) => {
      firstBytes.push(((message as Message).body as { content: Buffer }).content[0]!);
      (delivery as Delivery).accept();
    });
    client.socket.pause();
    receiver.add_credit(COUNT);
    receiver.drain = true;
    await until(() => scene.entity('large').lockedCount === COUNT);
    await othersAreServed();

    const drained = once(receiver, 'receiver_drained');
    client.socket.resume();
    await drained;
    expect(firstBytes).toEqual(Array.from({ length: COUNT }, (_, index) => index));
    await until(() => scene.entity('large').messageCount === 0);
    await client.close();
  });

  it('can replace the link by a new one, which gets nothing of the old one', async () => {
    await fill('left');
    await scene.send('next', { body: 'other' });
    const client = await AmqpClient.connect(scene.emulator.port);
    await client.putToken('left');
    await client.putToken('next');
    const session = client.connection.create_session();
    session.begin();
    const open = (address: string) =>
      session.open_receiver({ source: { address }, credit_window: 0, autoaccept: false, rcv_settle_mode: 1 });
    const first = open('left');
    await once(first, 'receiver_open');
    client.socket.pause();
    first.add_credit(COUNT);
    await until(() => scene.entity('left').lockedCount === COUNT);
    client.socket.resume();
    await once(first, 'message');
    first.close();
    await once(first, 'receiver_close');

    const second = open('next');
    const bodies: unknown[] = [];
    second.on('message', ({ message }) => bodies.push((message as Message).body));
    second.add_credit(10);
    await until(() => bodies.length > 0);
    await othersAreServed();
    expect(bodies).toHaveLength(1);
    expect(client.connection.is_open()).toBe(true);
    await client.close();
  });

  it('lose their reply link if too many replies are waiting', async () => {
    await scene.send('requests', ...Array.from({ length: 5 }, () => ({ body: Buffer.alloc(200_000) })));
    const client = await AmqpClient.connect(scene.emulator.port);
    await client.putToken('requests');
    const session = client.connection.create_session();
    session.begin();
    const address = 'requests/$management';
    const replies = session.open_receiver({
      source: { address },
      target: { address: 'r' },
      credit_window: 0,
    });
    const closed = once(replies, 'receiver_error');
    const requests = session.open_sender({ target: { address } });
    await once(requests, 'sendable');
    for (let count = 0; count < 30; count += 1) {
      requests.send({
        message_id: `${count}`,
        reply_to: 'r',
        application_properties: { operation: 'com.microsoft:peek-message' },
        body: { 'from-sequence-number': rhea.types.wrap_long(0), 'message-count': rhea.types.wrap_int(5) },
      });
    }
    await closed;
    expect(replies.error).toMatchObject({ condition: 'amqp:resource-limit-exceeded' });
    await othersAreServed();
    await client.close();
  });
});
