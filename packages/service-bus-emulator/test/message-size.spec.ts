import { describe, expect, it } from '@jest/globals';

import { AmqpClient } from './support/amqp-client.js';
import { emulatorScene, receiveOne, serviceBusError } from './support/emulator-scene.js';

const KIBIBYTE = 1024;
const MEBIBYTE = 1024 * KIBIBYTE;

describe('the size of messages', () => {
  const scene = emulatorScene({
    queues: [
      'filled',
      'over',
      'array',
      'frames',
      'small',
      { name: 'premium', maxMessageSizeInKilobytes: 2 * KIBIBYTE },
      { name: 'large', maxMessageSizeInKilobytes: 4 * KIBIBYTE },
      'properties',
      { name: 'full', maxSizeInMegabytes: 1 },
    ],
    topics: [{ name: 'premium-events', maxMessageSizeInKilobytes: 2 * KIBIBYTE, subscriptions: ['all'] }],
  });

  it('is 256 KiB for a batch, which can be filled up to there', async () => {
    const sender = scene.client.createSender('filled');
    const batch = await sender.createMessageBatch();
    expect(batch.maxSizeInBytes).toBe(256 * KIBIBYTE);
    while (batch.tryAddMessage({ body: Buffer.alloc(1_000) }));
    expect(batch.sizeInBytes).toBeGreaterThan(254 * KIBIBYTE);
    await sender.sendMessages(batch);
    expect(scene.entity('filled').counts.active).toBe(batch.count);
  });

  it('beyond the limit is refused, and the link goes on', async () => {
    const sender = scene.client.createSender('over');
    const tooLarge = serviceBusError('MessageSizeExceeded');
    await expect(sender.sendMessages({ body: Buffer.alloc(256 * KIBIBYTE) })).rejects.toMatchObject(tooLarge);
    await expect(sender.sendMessages({ body: Buffer.alloc(5_000 * KIBIBYTE) })).rejects.toMatchObject(
      tooLarge,
    );
    await sender.sendMessages({ body: Buffer.alloc(200 * KIBIBYTE) });
    expect(await scene.peek('over')).toHaveLength(1);
  });

  it('of an array that fits into no batch is refused by the SDK', async () => {
    const sender = scene.client.createSender('array');
    await expect(
      sender.sendMessages(Array.from({ length: 3 }, () => ({ body: Buffer.alloc(100 * KIBIBYTE) }))),
    ).rejects.toMatchObject({ code: 'MessageSizeExceeded' });
  });

  it('may take many frames', async () => {
    const body = Buffer.from(Array.from({ length: 250 * KIBIBYTE }, (_, index) => index % 251));
    await scene.send('frames', { body });
    expect(body.equals((await receiveOne(scene.receiver('frames'))).body as Buffer)).toBe(true);
  });

  it.each(['premium', 'premium-events'])('is larger where the entity says so (%s)', async (entity) => {
    const sender = scene.client.createSender(entity);
    expect((await sender.createMessageBatch()).maxSizeInBytes).toBe(2 * KIBIBYTE * KIBIBYTE);
    const body = Buffer.alloc(2_000 * KIBIBYTE, 3);
    await sender.sendMessages({ body });
    const address = entity === 'premium' ? entity : `${entity}/Subscriptions/all`;
    expect(body.equals((await receiveOne(scene.receiver(address))).body as Buffer)).toBe(true);
    await expect(sender.sendMessages({ body: Buffer.alloc(2_100 * KIBIBYTE) })).rejects.toMatchObject(
      serviceBusError('MessageSizeExceeded'),
    );
  });

  it('is 1 MiB for a batch, even of one message, where single messages may be larger: the link is detached', async () => {
    const sender = scene.client.createSender('large');
    const batch = await sender.createMessageBatch();
    expect(batch.maxSizeInBytes).toBe(4 * KIBIBYTE * KIBIBYTE);
    batch.tryAddMessage({ body: Buffer.alloc(1_100 * KIBIBYTE) });
    await expect(sender.sendMessages(batch)).rejects.toMatchObject(
      serviceBusError('GeneralError', /force detached by the broker because publisher.* no data in it/),
    );
    await sender.sendMessages({ body: Buffer.alloc(1_100 * KIBIBYTE) });
    await sender.sendMessages([
      { body: Buffer.alloc(500 * KIBIBYTE) },
      { body: Buffer.alloc(500 * KIBIBYTE) },
    ]);
    expect(await scene.peek('large')).toHaveLength(3);
  });

  it('of a batch is told on the link', async () => {
    const client = await AmqpClient.connect(scene.emulator.port);
    for (const [queue, bytes] of Object.entries({ filled: 256 * KIBIBYTE, large: KIBIBYTE * KIBIBYTE })) {
      await client.putToken(queue);
      const sender = await client.sender(queue);
      expect(sender.properties).toEqual({ 'com.microsoft:max-message-batch-size': bytes });
    }
    await client.close();
  });

  it('is 64 KiB for the properties, and 32 KiB for one of them', async () => {
    const sender = scene.client.createSender('properties');
    const text = (kibibytes: number) => 'x'.repeat(kibibytes * KIBIBYTE);
    const send = (applicationProperties: Record<string, string>, rest: object = {}) =>
      sender.sendMessages({ body: 1, applicationProperties, ...rest });
    await send({ a: text(31), b: text(31) });
    // The SDK takes an internal error for one that passes, and tries again.
    await expect(send({ a: text(33) })).rejects.toMatchObject({
      errors: [serviceBusError('GeneralError', /32768/), {}],
    });
    const tooLarge = serviceBusError('MessageSizeExceeded', /quota for this stream \(65536\)/);
    await expect(send({ a: text(31), b: text(31), c: text(3) })).rejects.toMatchObject(tooLarge);
    await expect(send({ a: text(31), b: text(31) }, { subject: text(3) })).rejects.toMatchObject(tooLarge);
    expect(await scene.peek('properties')).toHaveLength(1);

    const receiver = scene.receiver('properties');
    const message = await receiveOne(receiver);
    await expect(receiver.abandonMessage(message, { c: text(3) })).rejects.toMatchObject(tooLarge);
    expect(scene.entity('properties').lockedCount).toBe(1);
  });

  it('is bounded for a whole entity', async () => {
    const sender = scene.client.createSender('full');
    for (let sent = 0; sent < 5; sent += 1) await sender.sendMessages({ body: Buffer.alloc(200 * KIBIBYTE) });
    await expect(sender.sendMessages({ body: Buffer.alloc(200 * KIBIBYTE) })).rejects.toMatchObject(
      serviceBusError('QuotaExceeded'),
    );
    const receiver = scene.receiver('full');
    await receiver.completeMessage(await receiveOne(receiver));
    await sender.sendMessages({ body: Buffer.alloc(200 * KIBIBYTE) });
    expect(await scene.peek('full')).toHaveLength(5);
  });
});

describe('the size of messages in the premium tier', () => {
  const scene = emulatorScene(
    { queues: ['plain', { name: 'large', maxMessageSizeInKilobytes: 102_400 }] },
    { tier: 'premium' },
  );

  it('takes messages and batches of 1 MB', async () => {
    const sender = scene.client.createSender('plain');
    const batch = await sender.createMessageBatch();
    expect(batch.maxSizeInBytes).toBe(MEBIBYTE);
    batch.tryAddMessage({ body: Buffer.alloc(1_000_000) });
    await sender.sendMessages(batch);
    await expect(sender.sendMessages({ body: Buffer.alloc(MEBIBYTE) })).rejects.toMatchObject(
      serviceBusError('MessageSizeExceeded'),
    );
  });

  it('takes messages of up to 100 MB one by one, where the entity says so', async () => {
    const body = Buffer.alloc(100 * MEBIBYTE - 1_000, 7);
    const client = scene.connect({ retryOptions: { timeoutInMs: 60_000 } });
    await client.createSender('large').sendMessages({ body });
    const received = await receiveOne(client.createReceiver('large'));
    expect(body.equals(received.body as Buffer)).toBe(true);
    await expect(
      client.createSender('large').sendMessages({ body: Buffer.alloc(100 * MEBIBYTE) }),
    ).rejects.toMatchObject(serviceBusError('MessageSizeExceeded'));
  });
});
