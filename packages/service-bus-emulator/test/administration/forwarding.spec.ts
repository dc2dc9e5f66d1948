import { describe, expect, it } from '@jest/globals';

import { administrationScene, badRequest } from '../support/administration-scene.js';

describe('forwarding set by the administration', () => {
  const scene = administrationScene({
    queues: ['Inbox', 'other', 'graveyard', { name: 'early', forwardTo: 'not-there-yet' }],
    topics: [
      { name: 'events', subscriptions: ['all'] },
      { name: 'target', subscriptions: ['copy'] },
    ],
  });
  const uri = (name: string): string => `sb://${scene.host}/${name}`;

  it('sends the messages of a queue to another', async () => {
    const queue = await scene.administration.createQueue('source', {
      forwardTo: 'Inbox',
      forwardDeadLetteredMessagesTo: 'graveyard',
    });
    expect(queue).toMatchObject({
      forwardTo: uri('Inbox'),
      forwardDeadLetteredMessagesTo: uri('graveyard'),
    });
    await scene.send('source', { body: 'passed on' });
    const [message] = await scene.take('Inbox');
    expect(message?.body).toBe('passed on');
  });

  it('sends the messages of a subscription to a topic', async () => {
    const subscription = await scene.administration.createSubscription('events', 'forwarding', {
      forwardTo: 'target',
      forwardDeadLetteredMessagesTo: 'target',
    });
    expect(subscription).toMatchObject({
      forwardTo: uri('target'),
      forwardDeadLetteredMessagesTo: uri('target'),
    });
    await scene.send('events', { body: 'event' });
    const [message] = await scene.take('target/Subscriptions/copy');
    expect(message?.body).toBe('event');
  });

  it.each(['forwardTo', 'forwardDeadLetteredMessagesTo'])(
    'cannot name a URI without a path (%s)',
    async (property) => {
      for (const name of [`sb://${scene.host}/`, `sb://${scene.host}`]) {
        await expect(scene.administration.createQueue('nowhere', { [property]: name })).rejects.toMatchObject(
          badRequest(/names no entity/),
        );
      }
    },
  );

  it('sends dead letters to another queue', async () => {
    await scene.administration.createQueue('mortal', { forwardDeadLetteredMessagesTo: 'graveyard' });
    await scene.send('mortal', { body: 'dead' });
    const receiver = scene.receiver('mortal');
    const [message] = await receiver.receiveMessages(1, { maxWaitTimeInMs: 3_000 });
    await receiver.deadLetterMessage(message!);
    await receiver.close();
    const [dead] = await scene.take('graveyard');
    expect(dead).toMatchObject({ body: 'dead', deadLetterSource: 'mortal' });
  });

  it('can name its target by a name or a URI in any case, and preserves the case of the name', async () => {
    const queue = await scene.administration.createQueue('by-uri', {
      forwardTo: uri('INBOX').toUpperCase(),
      forwardDeadLetteredMessagesTo: uri('graveyard'),
    });
    expect(queue.forwardTo).toBe(uri('INBOX'));
    await scene.send('by-uri', { body: 1 });
    expect(await scene.take('Inbox')).toHaveLength(1);
  });

  it('can be changed and ended', async () => {
    const queue = await scene.administration.createQueue('turning', { forwardTo: 'Inbox' });
    const turned = await scene.administration.updateQueue({ ...queue, forwardTo: 'other' });
    expect(turned.forwardTo).toBe(uri('other'));
    await scene.send('turning', { body: 1 });
    expect(await scene.take('other')).toHaveLength(1);
    const { forwardTo: _, ...ended } = turned;
    expect((await scene.administration.updateQueue(ended as typeof queue)).forwardTo).toBeUndefined();
    await scene.send('turning', { body: 2 });
    expect(scene.entity('turning').messages()).toHaveLength(1);
  });

  it.each(['forwardTo', 'forwardDeadLetteredMessagesTo'])(
    'refuses a %s that leads nowhere',
    async (property) => {
      const create = (target: string): Promise<unknown> =>
        scene.administration.createQueue('refused', { [property]: target });
      const property400 = new RegExp(
        `^SubCode=40000\\. The ${property[0]!.toUpperCase()}${property.slice(1)} of`,
      );
      await expect(create('nowhere')).rejects.toMatchObject(badRequest(property400));
      await expect(create('events/Subscriptions/all')).rejects.toMatchObject(badRequest(property400));
      await expect(create('REFUSED')).rejects.toMatchObject(badRequest(/itself/));
      expect(await scene.administration.queueExists('refused')).toBe(false);
      const subscription = scene.administration.createSubscription('events', 'refused', {
        [property]: 'nowhere',
      });
      await expect(subscription).rejects.toMatchObject(badRequest(property400));
      const inbox = await scene.administration.getQueue('Inbox');
      const update = scene.administration.updateQueue({ ...inbox, [property]: 'inbox' });
      await expect(update).rejects.toMatchObject(badRequest(/itself/));
    },
  );

  it('is refused for an entity with sessions', async () => {
    const queue = scene.administration.createQueue('refused', { requiresSession: true, forwardTo: 'Inbox' });
    await expect(queue).rejects.toMatchObject(badRequest(/sessions/));
  });

  it('may keep a target that was declared before it existed', async () => {
    const queue = await scene.administration.getQueue('early');
    const updated = await scene.administration.updateQueue({ ...queue, maxDeliveryCount: 4 });
    expect(updated).toMatchObject({ maxDeliveryCount: 4, forwardTo: uri('not-there-yet') });
  });
});
