import { describe, expect, it } from '@jest/globals';

import { emulatorScene, receiveOne, serviceBusError } from './support/emulator-scene.js';

const MEBIBYTE = 1024 * 1024;

describe('the premium tier', () => {
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
