import { describe, expect, it } from '@jest/globals';

import { emulatorScene, receiveOne } from './support/emulator-scene.js';

describe('the time to live', () => {
  const scene = emulatorScene({
    queues: [
      'dropped',
      'shown',
      'locked',
      { name: 'kept', deadLetteringOnMessageExpiration: true },
      { name: 'bounded', defaultMessageTimeToLiveMs: 10_000 },
      { name: 'dead', defaultMessageTimeToLiveMs: 10_000, deadLetteringOnMessageExpiration: true },
      { name: 'sessions', requiresSession: true, deadLetteringOnMessageExpiration: true },
    ],
    topics: [
      {
        name: 'events',
        defaultMessageTimeToLiveMs: 20_000,
        subscriptions: [{ name: 'short', defaultMessageTimeToLiveMs: 10_000 }, 'long'],
      },
    ],
  });

  it('ends a message', async () => {
    await scene.send('dropped', { body: 'mortal', timeToLive: 5_000 }, { body: 'immortal' });
    scene.clock.advance(4_999);
    expect(scene.entity('dropped').counts.active).toBe(2);
    scene.clock.advance(1);
    expect((await scene.take('dropped')).map(({ body }) => body as string)).toEqual(['immortal']);
    expect(scene.entity('dropped/$DeadLetterQueue').messages()).toEqual([]);
  });

  it('is shown to the receiver as the time of expiry', async () => {
    await scene.send('shown', { body: 1, timeToLive: 5_000 });
    const message = await receiveOne(scene.receiver('shown'));
    expect(message.timeToLive).toBe(5_000);
    expect(message.expiresAtUtc!.getTime()).toBe(message.enqueuedTimeUtc!.getTime() + 5_000);
  });

  it('moves messages to the dead-letter queue if the entity asks for that', async () => {
    await scene.send('kept', { body: 'late', timeToLive: 5_000 });
    scene.clock.advance(5_000);
    expect(await receiveOne(scene.receiver('kept/$DeadLetterQueue'))).toMatchObject({
      body: 'late',
      deadLetterReason: 'TTLExpiredException',
      deadLetterErrorDescription: 'The message expired and was dead lettered.',
    });
  });

  it('is never longer than that of the entity', async () => {
    await scene.send(
      'bounded',
      { body: 1 },
      { body: 2, timeToLive: 3_600_000 },
      { body: 3, timeToLive: 5_000 },
    );
    scene.clock.advance(5_000);
    expect(scene.entity('bounded').counts.active).toBe(2);
    scene.clock.advance(5_000);
    expect(scene.entity('bounded').messages()).toEqual([]);
  });

  it('does not end a message under its lock, but when the lock ends', async () => {
    await scene.send('locked', { body: 1, timeToLive: 5_000 }, { body: 2, timeToLive: 5_000 });
    const receiver = scene.receiver('locked');
    const first = await receiveOne(receiver);
    const second = await receiveOne(receiver);
    scene.clock.advance(30_000);
    await receiver.completeMessage(first);
    expect(scene.entity('locked').messages()).toMatchObject([{ sequenceNumber: 2, locked: true }]);
    await receiver.abandonMessage(second);
    expect(scene.entity('locked').messages()).toEqual([]);
  });

  it('is not observed in a dead-letter queue', async () => {
    await scene.send('dead', { body: 1, timeToLive: 5_000 });
    scene.clock.advance(5_000);
    expect(scene.entity('dead/$DeadLetterQueue').counts.active).toBe(1);
    scene.clock.advance(1_800_000);
    expect(scene.entity('dead/$DeadLetterQueue').counts.active).toBe(1);
  });

  it('ends messages of sessions that nobody holds', async () => {
    await scene.send('sessions', { body: 1, sessionId: 's', timeToLive: 5_000 });
    scene.clock.advance(5_000);
    expect(scene.entity('sessions').messages()).toEqual([]);
    expect(await receiveOne(scene.receiver('sessions/$DeadLetterQueue'))).toMatchObject({ sessionId: 's' });
  });

  it('is limited by the topic and by the subscription', async () => {
    await scene.send('events', { body: 1 });
    const left = () =>
      ['short', 'long'].map((name) => scene.entity(`events/Subscriptions/${name}`).counts.active);
    scene.clock.advance(10_000);
    expect(left()).toEqual([0, 1]);
    scene.clock.advance(10_000);
    expect(left()).toEqual([0, 0]);
  });
});
