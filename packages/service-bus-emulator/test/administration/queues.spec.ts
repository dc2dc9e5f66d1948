import { describe, expect, it } from '@jest/globals';

import { administrationScene, alreadyExists, badRequest, notFound } from '../support/administration-scene.js';

const UNLIMITED = 'P10675199DT2H48M5.4775807S';

const KEYS = ['first', 'second'].map((keyName) => ({
  claimType: 'SharedAccessKey',
  accessRights: ['Manage', 'Send', 'Listen'] as ('Manage' | 'Send' | 'Listen')[],
  keyName,
  primaryKey: 'cHJpbWFyeSBrZXkgZm9yIHRlc3RzLCAzMiBieXRlcyE=',
  secondaryKey: 'c2Vjb25kYXJ5IGtleSBmb3IgdGVzdHMgMzIgYnl0ZXM=',
}));

describe('administration of queues', () => {
  const scene = administrationScene({
    queues: ['there', { name: 'Declared', lockDurationMs: 100 }],
    topics: ['topic'],
  });

  it('creates a queue with the defaults of the cloud', async () => {
    const queue = await scene.administration.createQueue('plain');
    expect(queue._response.status).toBe(201);
    expect(queue).toEqual({
      name: 'plain',
      lockDuration: 'PT1M',
      maxSizeInMegabytes: 1024,
      maxMessageSizeInKilobytes: 256,
      requiresDuplicateDetection: false,
      requiresSession: false,
      defaultMessageTimeToLive: UNLIMITED,
      deadLetteringOnMessageExpiration: false,
      duplicateDetectionHistoryTimeWindow: 'PT10M',
      maxDeliveryCount: 10,
      enableBatchedOperations: true,
      authorizationRules: undefined,
      status: 'Active',
      forwardTo: undefined,
      userMetadata: undefined,
      autoDeleteOnIdle: UNLIMITED,
      enablePartitioning: false,
      forwardDeadLetteredMessagesTo: undefined,
      availabilityStatus: 'Available',
      enableExpress: false,
    });
    expect(await scene.administration.getQueue('plain')).toEqual(queue);
  });

  it('keeps every property that is given', async () => {
    const options = {
      lockDuration: 'PT45S',
      maxSizeInMegabytes: 2048,
      requiresDuplicateDetection: true,
      requiresSession: true,
      defaultMessageTimeToLive: 'P2D',
      deadLetteringOnMessageExpiration: true,
      duplicateDetectionHistoryTimeWindow: 'PT1M',
      maxDeliveryCount: 8,
      enableBatchedOperations: false,
      autoDeleteOnIdle: 'PT1H30M',
      authorizationRules: KEYS,
      enablePartitioning: true,
      enableExpress: true,
      userMetadata: '<tea> & "cake"',
      status: 'ReceiveDisabled' as const,
      maxMessageSizeInKilobytes: 128,
    };
    await scene.administration.createQueue('full', options);
    expect(await scene.administration.getQueue('full')).toMatchObject({
      ...options,
      name: 'full',
      // Each of the 16 partitions has the size.
      maxSizeInMegabytes: 32768,
    });
  });

  it('creates a queue that works', async () => {
    await scene.administration.createQueue('works', { maxDeliveryCount: 1 });
    await scene.send('works', { body: 'tea' });
    const receiver = scene.receiver('works');
    const [message] = await receiver.receiveMessages(1, { maxWaitTimeInMs: 3_000 });
    await receiver.abandonMessage(message!);
    await receiver.close();
    const [dead] = await scene.take('works/$DeadLetterQueue');
    expect(dead).toMatchObject({ body: 'tea', deadLetterReason: 'MaxDeliveryCountExceeded' });
  });

  it('accepts names with slashes in any case, and returns them as they were created', async () => {
    await scene.administration.createQueue('Shop/Orders.new-1_a');
    expect((await scene.administration.getQueue('shop/orders.NEW-1_a')).name).toBe('Shop/Orders.new-1_a');
    await expect(scene.administration.createQueue('SHOP/orders.new-1_a')).rejects.toMatchObject(
      alreadyExists(),
    );
    await scene.administration.deleteQueue('shop/ORDERS.new-1_A');
    expect(await scene.administration.queueExists('Shop/Orders.new-1_a')).toBe(false);
  });

  it('refuses a second queue or a topic of the same name', async () => {
    await expect(scene.administration.createQueue('there')).rejects.toMatchObject(alreadyExists());
    await expect(scene.administration.createQueue('topic')).rejects.toMatchObject(alreadyExists());
    await expect(scene.administration.createTopic('there')).rejects.toMatchObject(alreadyExists());
  });

  it('tells what exists and what does not', async () => {
    expect(await scene.administration.queueExists('there')).toBe(true);
    expect(await scene.administration.queueExists('nowhere')).toBe(false);
    expect(await scene.administration.queueExists('topic')).toBe(false);
    await expect(scene.administration.getQueue('nowhere')).rejects.toMatchObject(notFound());
    await expect(scene.administration.deleteQueue('nowhere')).rejects.toMatchObject(notFound());
  });

  it('deletes a queue with its messages', async () => {
    await scene.administration.createQueue('doomed');
    await scene.send('doomed', { body: 1 });
    const deleted = await scene.administration.deleteQueue('doomed');
    expect(deleted._response.status).toBe(200);
    expect(await scene.administration.queueExists('doomed')).toBe(false);
    await scene.administration.createQueue('doomed');
    expect(scene.entity('doomed').messages()).toEqual([]);
  });

  it('updates what can be updated', async () => {
    const queue = await scene.administration.createQueue('changing', { authorizationRules: KEYS });
    const changes = {
      lockDuration: 'PT2M',
      maxSizeInMegabytes: 3072,
      defaultMessageTimeToLive: 'PT1H',
      deadLetteringOnMessageExpiration: true,
      duplicateDetectionHistoryTimeWindow: 'PT30S',
      maxDeliveryCount: 3,
      enableBatchedOperations: false,
      autoDeleteOnIdle: 'PT5M',
      userMetadata: 'changed',
      status: 'SendDisabled' as const,
      authorizationRules: KEYS.slice(1),
    };
    const updated = await scene.administration.updateQueue({ ...queue, ...changes });
    expect(updated._response.status).toBe(200);
    expect(updated).toMatchObject({ ...changes, name: 'changing' });
    expect(await scene.administration.getQueue('changing')).toEqual(updated);
  });

  it('clears what an update omits, and keeps what cannot be cleared', async () => {
    const queue = await scene.administration.createQueue('clearing', {
      forwardTo: 'there',
      userMetadata: 'note',
      authorizationRules: KEYS,
      maxDeliveryCount: 3,
    });
    const { forwardTo, userMetadata, authorizationRules, ...rest } = queue;
    expect([forwardTo, userMetadata, authorizationRules]).not.toContain(undefined);
    expect(await scene.administration.updateQueue(rest as typeof queue)).toMatchObject({
      forwardTo: undefined,
      userMetadata: undefined,
      authorizationRules: undefined,
      maxDeliveryCount: 3,
    });
  });

  it('applies an update to new messages, and lets a queue keep what it was declared with', async () => {
    const queue = await scene.administration.getQueue('Declared');
    expect(queue.lockDuration).toBe('PT0.1S');
    await scene.administration.updateQueue({ ...queue, defaultMessageTimeToLive: 'PT10S' });
    await scene.send('Declared', { body: 1 });
    expect(scene.entity('Declared').messages()).toHaveLength(1);
    scene.clock.advance(10_001);
    expect(scene.entity('Declared').messages()).toEqual([]);
  });

  it.each([
    ['requiresSession', true],
    ['requiresDuplicateDetection', true],
    ['enablePartitioning', true],
  ])('refuses to change %s', async (property, value) => {
    const queue = await scene.administration.getQueue('there');
    await expect(scene.administration.updateQueue({ ...queue, [property]: value })).rejects.toMatchObject(
      badRequest(/cannot be changed/),
    );
    expect(await scene.administration.getQueue('there')).toEqual(queue);
  });

  it('does not create a queue by an update', async () => {
    const queue = await scene.administration.getQueue('there');
    await expect(scene.administration.updateQueue({ ...queue, name: 'nowhere' })).rejects.toMatchObject(
      notFound(),
    );
    await expect(scene.administration.updateQueue({ ...queue, name: 'topic' })).rejects.toMatchObject(
      notFound(),
    );
  });
});
