import { describe, expect, it } from '@jest/globals';

import { emulatorScene, receiveOne } from './support/emulator-scene.js';

const WINDOW_MS = 60_000;
const detecting = (name: string) => ({
  name,
  requiresDuplicateDetection: true,
  duplicateDetectionHistoryTimeWindowMs: WINDOW_MS,
});

describe('duplicate detection', () => {
  const scene = emulatorScene({
    queues: [...['twice', 'window', 'completed', 'scheduled', 'batch', 'distinct'].map(detecting), 'without'],
    topics: [{ ...detecting('events'), subscriptions: ['all'] }],
  });
  const count = async (queue: string) => (await scene.peek(queue)).length;

  it('accepts a second message with the same id, and drops it', async () => {
    await scene.send('twice', { body: 1, messageId: 'a' }, { body: 2, messageId: 'a' });
    expect((await receiveOne(scene.receiver('twice'))).body).toBe(1);
    expect(await count('twice')).toBe(1);
  });

  it('forgets an id at the end of its window', async () => {
    await scene.send('window', { body: 1, messageId: 'a' });
    scene.clock.advance(WINDOW_MS - 1);
    await scene.send('window', { body: 2, messageId: 'a' });
    expect(await count('window')).toBe(1);
    scene.clock.advance(1);
    await scene.send('window', { body: 3, messageId: 'a' });
    expect(await count('window')).toBe(2);
  });

  it('remembers the ids of messages that are gone', async () => {
    await scene.send('completed', { body: 1, messageId: 'a' });
    const receiver = scene.receiver('completed');
    await receiver.completeMessage(await receiveOne(receiver));
    await scene.send('completed', { body: 2, messageId: 'a' });
    expect(await count('completed')).toBe(0);
  });

  it('applies to scheduled messages as well', async () => {
    const sender = scene.client.createSender('scheduled');
    const later = new Date(scene.now() + 10_000);
    await sender.scheduleMessages({ body: 1, messageId: 'a' }, later);
    await sender.scheduleMessages({ body: 2, messageId: 'a' }, later);
    expect(scene.entity('scheduled').counts.scheduled).toBe(1);
    await sender.sendMessages({ body: 3, messageId: 'a' });
    scene.clock.advance(10_000);
    expect(scene.entity('scheduled').counts).toEqual({ active: 1, deferred: 0, scheduled: 0 });
  });

  it('looks inside batches', async () => {
    const ids = ['a', 'b', 'a', 'c', 'b'];
    await scene.client
      .createSender('batch')
      .sendMessages(ids.map((messageId, body) => ({ messageId, body })));
    expect(
      scene
        .entity('batch')
        .messages()
        .map(({ messageId }) => messageId),
    ).toEqual(['a', 'b', 'c']);
  });

  it('never mistakes messages without an id for duplicates', async () => {
    await scene.send('distinct', { body: 1 }, { body: 2 });
    expect(await count('distinct')).toBe(2);
  });

  it('works on topics', async () => {
    await scene.send('events', { body: 1, messageId: 'a' }, { body: 2, messageId: 'a' });
    expect(await count('events/Subscriptions/all')).toBe(1);
  });

  it('is off unless the entity asks for it', async () => {
    await scene.send('without', { body: 1, messageId: 'a' }, { body: 2, messageId: 'a' });
    expect(await count('without')).toBe(2);
  });
});
