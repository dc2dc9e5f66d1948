import { describe, expect, it } from '@jest/globals';

import { administrationScene, notFound } from '../support/administration-scene.js';

const NO_MESSAGES = {
  totalMessageCount: 0,
  activeMessageCount: 0,
  deadLetterMessageCount: 0,
  transferMessageCount: 0,
  transferDeadLetterMessageCount: 0,
};

describe('runtime properties', () => {
  const scene = administrationScene({
    queues: [
      'empty',
      'mixed',
      'target',
      { name: 'broken', forwardTo: 'not-there' },
      { name: 'short', defaultMessageTimeToLiveMs: 1_000, deadLetteringOnMessageExpiration: true },
    ],
    topics: [{ name: 'events', subscriptions: ['all', 'audit'] }, 'lonely'],
  });
  const runtime = (name: string) => scene.administration.getQueueRuntimeProperties(name);
  const minutesFromNow = (minutes: number): Date => new Date(scene.clock.now() + minutes * 60_000);

  it('of an empty queue are zero', async () => {
    expect(await runtime('empty')).toMatchObject({
      ...NO_MESSAGES,
      name: 'empty',
      scheduledMessageCount: 0,
      sizeInBytes: 0,
    });
  });

  it('count each message once, by its place', async () => {
    await scene.send(
      'mixed',
      ...Array.from({ length: 9 }, (_, index) => ({ body: index, messageId: `${index}` })),
    );
    const sender = scene.client.createSender('mixed');
    await sender.scheduleMessages([{ body: 'a' }, { body: 'b' }], minutesFromNow(10));
    await sender.close();
    const receiver = scene.receiver('mixed');
    const [dead, deferred, completed, ...locked] = await receiver.receiveMessages(5, {
      maxWaitTimeInMs: 3_000,
    });
    await receiver.deadLetterMessage(dead!);
    await receiver.deferMessage(deferred!);
    await receiver.completeMessage(completed!);
    expect(locked).toHaveLength(2);

    // Nine sent, one completed, one dead; the deferred and the locked ones are active.
    expect(await runtime('mixed')).toMatchObject({
      activeMessageCount: 7,
      deadLetterMessageCount: 1,
      scheduledMessageCount: 2,
      transferMessageCount: 0,
      transferDeadLetterMessageCount: 0,
      totalMessageCount: 10,
    });
    await receiver.close();

    scene.clock.advance(10 * 60_000);
    expect(await runtime('mixed')).toMatchObject({ activeMessageCount: 9, scheduledMessageCount: 0 });
  });

  it('do not count expired messages, even if nobody receives', async () => {
    await scene.send('short', { body: 1 }, { body: 2 });
    expect(await runtime('short')).toMatchObject({ activeMessageCount: 2, deadLetterMessageCount: 0 });
    scene.clock.advance(1_001);
    expect(await runtime('short')).toMatchObject({ activeMessageCount: 0, deadLetterMessageCount: 2 });
  });

  it('count messages that could not be forwarded', async () => {
    await scene.send('broken', { body: 1 });
    expect(await runtime('broken')).toMatchObject({
      ...NO_MESSAGES,
      totalMessageCount: 1,
      transferDeadLetterMessageCount: 1,
    });
  });

  it('contain the size of the messages in bytes', async () => {
    await scene.send('target', { body: 'x'.repeat(10_000) });
    const { sizeInBytes } = await runtime('target');
    expect(sizeInBytes).toBeGreaterThan(10_000);
    expect(sizeInBytes).toBeLessThan(11_000);
    await scene.take('target');
    expect((await runtime('target')).sizeInBytes).toBe(0);
  });

  it('contain the times of creation, change and use', async () => {
    const createdAt = new Date(scene.clock.now());
    const queue = await scene.administration.createQueue('timed');
    expect(await runtime('timed')).toMatchObject({ createdAt, modifiedAt: createdAt });
    scene.clock.advance(5_000);
    await scene.administration.updateQueue({ ...queue, maxDeliveryCount: 3 });
    const modifiedAt = new Date(scene.clock.now());
    scene.clock.advance(5_000);
    await scene.send('timed', { body: 1 });
    const accessedAt = new Date(scene.clock.now());
    scene.clock.advance(5_000);
    expect(await runtime('timed')).toMatchObject({ createdAt, modifiedAt, accessedAt });
  });

  it('of a topic count subscriptions and scheduled messages', async () => {
    const sender = scene.client.createSender('events');
    await sender.scheduleMessages([{ body: 1 }, { body: 2 }, { body: 3 }], minutesFromNow(10));
    await sender.close();
    const topic = await scene.administration.getTopicRuntimeProperties('events');
    expect(topic).toMatchObject({ name: 'events', subscriptionCount: 2, scheduledMessageCount: 3 });
    expect(topic.sizeInBytes).toBeGreaterThan(0);
    expect(await scene.administration.getTopicRuntimeProperties('lonely')).toMatchObject({
      subscriptionCount: 0,
      scheduledMessageCount: 0,
      sizeInBytes: 0,
    });
  });

  it('of a subscription count its own copies', async () => {
    await scene.send('events', { body: 1 }, { body: 2 });
    await scene.take('events/Subscriptions/all');
    const of = (name: string) => scene.administration.getSubscriptionRuntimeProperties('events', name);
    expect(await of('all')).toMatchObject({
      ...NO_MESSAGES,
      subscriptionName: 'all',
      topicName: 'events',
      totalMessageCount: 1,
      activeMessageCount: 1,
    });
    expect(await of('audit')).toMatchObject({ totalMessageCount: 2, activeMessageCount: 2 });
    await expect(of('nowhere')).rejects.toMatchObject(notFound());
  });

  it('of an entity that does not exist are refused', async () => {
    await expect(runtime('nowhere')).rejects.toMatchObject(notFound());
    const topic = scene.administration.getTopicRuntimeProperties('nowhere');
    await expect(topic).rejects.toMatchObject(notFound());
  });
});
