import { describe, expect, it } from '@jest/globals';
import Long from 'long';

import { emulatorScene, receiveAll, receiveOne, serviceBusError } from './support/emulator-scene.js';

describe('scheduled messages', () => {
  const scene = emulatorScene({
    queues: [
      'later',
      'plain-send',
      'past',
      'cancelled',
      'cancelled-late',
      'cancelled-all',
      'several',
      'order',
      'expiring',
      { name: 'with-session', requiresSession: true },
    ],
    topics: [{ name: 'events', subscriptions: ['all'] }],
  });
  const inSeconds = (seconds: number) => new Date(scene.now() + seconds * 1_000);

  it('become active at their time, not before', async () => {
    const sender = scene.client.createSender('later');
    const [sequenceNumber] = await sender.scheduleMessages({ body: 'later' }, inSeconds(60));
    expect(scene.entity('later').counts).toEqual({ active: 0, deferred: 0, scheduled: 1 });
    const receiver = scene.receiver('later');
    expect(await receiver.peekMessages(10)).toMatchObject([
      { body: 'later', state: 'scheduled', scheduledEnqueueTimeUtc: inSeconds(60), sequenceNumber },
    ]);

    scene.clock.advance(59_999);
    expect(scene.entity('later').counts.scheduled).toBe(1);
    scene.clock.advance(1);
    const message = await receiveOne(receiver);
    // The broker's count knows that it is active; what clients see still says that it was scheduled.
    expect(message).toMatchObject({ body: 'later', state: 'scheduled', deliveryCount: 0 });
    expect(scene.entity('later').counts.active).toBe(1);
    expect(message.enqueuedTimeUtc!.getTime()).toBe(Math.trunc(scene.now()));
  });

  it('can be sent like any other message', async () => {
    await scene.send(
      'plain-send',
      { body: 'later', scheduledEnqueueTimeUtc: inSeconds(10) },
      { body: 'now' },
    );
    const receiver = scene.receiver('plain-send', { receiveMode: 'receiveAndDelete' });
    expect((await receiveOne(receiver)).body).toBe('now');
    expect(scene.entity('plain-send').counts.scheduled).toBe(1);
    scene.clock.advance(10_000);
    expect((await receiveOne(receiver)).body).toBe('later');
  });

  it('are active at once if their time has passed', async () => {
    await scene.client.createSender('past').scheduleMessages({ body: 1 }, inSeconds(-60));
    await scene.send('past', { body: 2, scheduledEnqueueTimeUtc: inSeconds(0) });
    const receiver = scene.receiver('past');
    expect(await receiveAll(receiver, 2)).toMatchObject([
      { body: 1, state: 'active' },
      { body: 2, state: 'active' },
    ]);
  });

  it('can be cancelled', async () => {
    const sender = scene.client.createSender('cancelled');
    const numbers = await sender.scheduleMessages([{ body: 1 }, { body: 2 }, { body: 3 }], inSeconds(60));
    await sender.cancelScheduledMessages(numbers.slice(0, 2));
    const left = scene.entity('cancelled').messages();
    expect(left.map(({ sequenceNumber }) => sequenceNumber)).toEqual([numbers[2]!.toNumber()]);
  });

  it('cannot be cancelled if they are active or never existed', async () => {
    const sender = scene.client.createSender('cancelled-late');
    const numbers = await sender.scheduleMessages({ body: 1 }, inSeconds(1));
    scene.clock.advance(1_000);
    const notFound = serviceBusError('MessageNotFound');
    await expect(sender.cancelScheduledMessages(numbers)).rejects.toMatchObject(notFound);
    await expect(sender.cancelScheduledMessages(Long.fromNumber(4_711))).rejects.toMatchObject(notFound);
    expect(scene.entity('cancelled-late').counts.active).toBe(1);
  });

  it('are cancelled together or not at all', async () => {
    const sender = scene.client.createSender('cancelled-all');
    const numbers = await sender.scheduleMessages([{ body: 1 }, { body: 2 }], inSeconds(60));
    await expect(sender.cancelScheduledMessages([...numbers, Long.fromNumber(4_711)])).rejects.toMatchObject(
      serviceBusError('MessageNotFound'),
    );
    expect(scene.entity('cancelled-all').counts.scheduled).toBe(2);
  });

  it('get a number each, in order', async () => {
    const sender = scene.client.createSender('several');
    const numbers = await sender.scheduleMessages([{ body: 1 }, { body: 2 }, { body: 3 }], inSeconds(60));
    expect(numbers.map((number) => number.toNumber())).toEqual([1, 2, 3]);
  });

  it('become active in the order of their times', async () => {
    const sender = scene.client.createSender('order');
    for (const seconds of [30, 10, 20]) await sender.scheduleMessages({ body: seconds }, inSeconds(seconds));
    scene.clock.advance(30_000);
    const messages = await scene.take('order', 3);
    expect(messages.map(({ body }) => body as number)).toEqual([10, 20, 30]);
  });

  it('start their time to live when they become active', async () => {
    await scene.send('expiring', { body: 1, scheduledEnqueueTimeUtc: inSeconds(60), timeToLive: 10_000 });
    scene.clock.advance(60_000 + 9_999);
    expect(scene.entity('expiring').counts.active).toBe(1);
    scene.clock.advance(1);
    expect(scene.entity('expiring').messages()).toEqual([]);
  });

  it('wait for their time on a topic, where they can be cancelled too', async () => {
    const sender = scene.client.createSender('events');
    await sender.scheduleMessages({ body: 'kept' }, inSeconds(60));
    const cancelled = await sender.scheduleMessages({ body: 'cancelled' }, inSeconds(60));
    expect(scene.entity('events/Subscriptions/all').messages()).toEqual([]);
    await sender.cancelScheduledMessages(cancelled);
    scene.clock.advance(60_000);
    expect((await scene.take('events/Subscriptions/all')).map(({ body }) => body as string)).toEqual([
      'kept',
    ]);
    expect(scene.entity('events/Subscriptions/all').messages()).toEqual([]);
  });

  it('join their session when they become active', async () => {
    await scene.client
      .createSender('with-session')
      .scheduleMessages({ body: 1, sessionId: 's' }, inSeconds(60));
    const receiver = await scene.client.acceptSession('with-session', 's', {
      maxAutoLockRenewalDurationInMs: 0,
    });
    scene.clock.advance(59_000);
    await receiver.renewSessionLock();
    scene.clock.advance(1_000);
    expect(await receiveOne(receiver)).toMatchObject({ body: 1, sessionId: 's' });
    await receiver.close();
  });
});
