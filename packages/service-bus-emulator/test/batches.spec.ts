import { describe, expect, it } from '@jest/globals';

import { emulatorScene, serviceBusError } from './support/emulator-scene.js';

describe('batches', () => {
  const scene = emulatorScene({
    queues: [
      'array',
      'single',
      'properties',
      'added',
      { name: 'sessions', requiresSession: true },
      { name: 'parts', enablePartitioning: true },
      { name: 'distinct', enablePartitioning: true, requiresDuplicateDetection: true },
    ],
  });

  it('arrive message by message, in order', async () => {
    const bodies = Array.from({ length: 1_000 }, (_, index) => index);
    await scene.client.createSender('array').sendMessages(bodies.map((body) => ({ body })));
    const messages = await scene.take('array', 1_000);
    expect(messages.map(({ body }) => body as number)).toEqual(bodies);
    expect(messages.map(({ sequenceNumber }) => sequenceNumber!.toNumber())).toEqual(
      bodies.map((body) => body + 1),
    );
  });

  it('may hold a single message', async () => {
    await scene.client.createSender('single').sendMessages([{ body: 'alone', messageId: 'm' }]);
    expect(await scene.take('single')).toMatchObject([{ body: 'alone', messageId: 'm' }]);
  });

  it('keep each message its own properties', async () => {
    await scene.client
      .createSender('properties')
      .sendMessages([
        { body: 1, messageId: 'a', subject: 'first', applicationProperties: { p: 1 } },
        { body: 2, messageId: 'b', timeToLive: 60_000, correlationId: 'c' },
        { body: 3 },
      ]);
    const [first, second, third] = await scene.take('properties', 3);
    expect(first).toMatchObject({ messageId: 'a', subject: 'first', applicationProperties: { p: 1 } });
    expect(second).toMatchObject({ messageId: 'b', timeToLive: 60_000, correlationId: 'c' });
    expect(second!.subject).toBeUndefined();
    expect(third!.messageId).not.toBe('a');
    expect(third!.applicationProperties).toBeUndefined();
  });

  it('are built one by one', async () => {
    const sender = scene.client.createSender('added');
    const batch = await sender.createMessageBatch({ maxSizeInBytes: 1_000 });
    while (batch.tryAddMessage({ body: 'x'.repeat(100) }));
    expect(batch.count).toBeGreaterThan(1);
    await sender.sendMessages(batch);
    expect(scene.entity('added').counts.active).toBe(batch.count);
  });

  it('are taken as a whole or not at all', async () => {
    const sender = scene.client.createSender('sessions');
    await expect(
      sender.sendMessages([{ body: 1, sessionId: 's' }, { body: 2, sessionId: 's' }, { body: 3 }]),
    ).rejects.toThrow(/SessionId/);
    expect(await scene.peek('sessions')).toEqual([]);
  });

  // [amqpnetlite #120, azure-amqp #118]
  it.each([
    ['parts', 'session ids', { sessionId: 'a' }, { sessionId: 'b' }],
    ['parts', 'partition keys', { partitionKey: 'a' }, { partitionKey: 'b' }],
    ['distinct', 'message ids, with duplicate detection,', { messageId: 'a' }, { messageId: 'b' }],
  ])(
    'to a partitioned queue (%s) are refused if they have different %s',
    async (queue, _what, one, other) => {
      const sender = scene.client.createSender(queue);
      await expect(
        sender.sendMessages([
          { body: 1, ...one },
          { body: 2, ...other },
        ]),
      ).rejects.toMatchObject(serviceBusError('GeneralError', /Batching brokered messages with distinct/));
      expect(await scene.peek(queue)).toEqual([]);
    },
  );
});
