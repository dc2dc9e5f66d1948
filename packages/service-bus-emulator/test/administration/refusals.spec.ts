import { type CreateQueueOptions, type CreateTopicOptions } from '@azure/service-bus';
import { describe, expect, it } from '@jest/globals';

import { administrationScene, badRequest } from '../support/administration-scene.js';

describe('what the administration refuses', () => {
  const scene = administrationScene({ queues: ['there'], topics: ['events'] });

  it.each<[CreateQueueOptions, RegExp]>([
    [{ lockDuration: 'PT4.9S' }, /'LockDuration' must be between PT5S and PT5M/],
    [{ lockDuration: 'PT5M1S' }, /LockDuration/],
    [{ lockDuration: '60' }, /The value '60' of LockDuration is not an ISO 8601 duration/],
    [{ defaultMessageTimeToLive: 'PT0.5S' }, /DefaultMessageTimeToLive/],
    [{ autoDeleteOnIdle: 'PT4M59S' }, /'AutoDeleteOnIdle' must be between PT5M/],
    [{ duplicateDetectionHistoryTimeWindow: 'PT19S' }, /DuplicateDetectionHistoryTimeWindow/],
    [{ duplicateDetectionHistoryTimeWindow: 'P8D' }, /DuplicateDetectionHistoryTimeWindow/],
    [{ maxDeliveryCount: 0 }, /'MaxDeliveryCount' must be between 1 and/],
    [{ maxDeliveryCount: -1 }, /The value '-1' of MaxDeliveryCount is not a whole number/],
    [{ maxDeliveryCount: 1.5 }, /The value '1.5' of MaxDeliveryCount is not a whole number/],
    [{ maxSizeInMegabytes: 100 }, /MaxSizeInMegabytes is not one of 1024, 2048/],
    [{ maxMessageSizeInKilobytes: 1_024 }, /MaxMessageSizeInKilobytes/],
    [{ userMetadata: 'x'.repeat(1_025) }, /UserMetadata/],
    [{ status: 'Sleeping' as 'Active' }, /The value 'Sleeping' of Status is not one of Active, Disabled/],
    [{ requiresSession: 'maybe' as unknown as boolean }, /'maybe' of RequiresSession is not true or false/],
  ])('a queue with %j', async (options, message) => {
    await expect(scene.administration.createQueue('refused', options)).rejects.toMatchObject(
      badRequest(message),
    );
    expect(await scene.administration.queueExists('refused')).toBe(false);
    const queue = await scene.administration.getQueue('there');
    await expect(scene.administration.updateQueue({ ...queue, ...options })).rejects.toMatchObject(
      badRequest(message),
    );
    expect(await scene.administration.getQueue('there')).toEqual(queue);
  });

  it.each<[CreateTopicOptions, RegExp]>([
    [{ autoDeleteOnIdle: 'PT1M' }, /AutoDeleteOnIdle/],
    [{ maxSizeInMegabytes: 0 }, /MaxSizeInMegabytes/],
    [{ duplicateDetectionHistoryTimeWindow: 'PT1S' }, /DuplicateDetectionHistoryTimeWindow/],
  ])('a topic with %j', async (options, message) => {
    await expect(scene.administration.createTopic('refused', options)).rejects.toMatchObject(
      badRequest(message),
    );
    expect(await scene.administration.topicExists('refused')).toBe(false);
  });

  it('a subscription with wrong options', async () => {
    const create = scene.administration.createSubscription('events', 'refused', { lockDuration: 'PT6M' });
    await expect(create).rejects.toMatchObject(badRequest(/LockDuration/));
    expect(await scene.administration.subscriptionExists('events', 'refused')).toBe(false);
  });

  it.each(['-a', 'a-', 'a b', 'a$b', 'a//b', 'a@b', 'x'.repeat(261)])('a queue called %j', async (name) => {
    await expect(scene.administration.createQueue(name)).rejects.toMatchObject(
      badRequest(/is not a valid name|is too long/),
    );
    await expect(scene.administration.createTopic(name)).rejects.toMatchObject(
      badRequest(/is not a valid name|is too long/),
    );
  });

  it('subscriptions and rules with invalid names', async () => {
    const { administration } = scene;
    await administration.createSubscription('events', 'x'.repeat(50));
    for (const name of ['x'.repeat(51), '$a', 'a b']) {
      await expect(administration.createSubscription('events', name)).rejects.toMatchObject(
        badRequest(/name/),
      );
    }
    const rule = administration.createRule('events', 'x'.repeat(50), 'r'.repeat(51), {
      sqlExpression: '1=1',
    });
    await expect(rule).rejects.toMatchObject(badRequest(/at most 50/));
  });
});
