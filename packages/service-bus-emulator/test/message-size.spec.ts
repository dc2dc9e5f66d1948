import { describe, expect, it } from '@jest/globals';

import { emulatorScene, receiveOne, serviceBusError } from './support/emulator-scene.js';

const KIBIBYTE = 1024;

describe('the size of messages', () => {
  const scene = emulatorScene({
    queues: [
      'filled',
      'over',
      'array',
      'frames',
      'small',
      { name: 'premium', maxMessageSizeInKilobytes: 2 * KIBIBYTE },
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
    expect(scene.entity('over').counts.active).toBe(1);
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

  it('is bounded for a whole entity', async () => {
    const sender = scene.client.createSender('full');
    for (let sent = 0; sent < 5; sent += 1) await sender.sendMessages({ body: Buffer.alloc(200 * KIBIBYTE) });
    await expect(sender.sendMessages({ body: Buffer.alloc(200 * KIBIBYTE) })).rejects.toMatchObject(
      serviceBusError('QuotaExceeded'),
    );
    const receiver = scene.receiver('full');
    await receiver.completeMessage(await receiveOne(receiver));
    await sender.sendMessages({ body: Buffer.alloc(200 * KIBIBYTE) });
    expect(scene.entity('full').counts.active).toBe(5);
  });
});
