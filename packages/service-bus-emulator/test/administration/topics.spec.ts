import { describe, expect, it } from '@jest/globals';

import { administrationScene, alreadyExists, badRequest, notFound } from '../support/administration-scene.js';

const UNLIMITED = 'P10675199DT2H48M5.4775807S';

describe('administration of topics', () => {
  const scene = administrationScene({
    queues: ['queue'],
    topics: [{ name: 'there', subscriptions: ['all'] }],
  });

  it('creates a topic with the defaults of the cloud', async () => {
    const topic = await scene.administration.createTopic('plain');
    expect(topic._response.status).toBe(201);
    expect(topic).toEqual({
      name: 'plain',
      maxSizeInMegabytes: 1024,
      maxMessageSizeInKilobytes: 256,
      enablePartitioning: false,
      supportOrdering: true,
      enableBatchedOperations: true,
      defaultMessageTimeToLive: UNLIMITED,
      autoDeleteOnIdle: UNLIMITED,
      requiresDuplicateDetection: false,
      duplicateDetectionHistoryTimeWindow: 'PT10M',
      authorizationRules: undefined,
      userMetadata: undefined,
      status: 'Active',
      enableExpress: false,
      availabilityStatus: 'Available',
    });
    expect(await scene.administration.getTopic('plain')).toEqual(topic);
  });

  it('keeps every property that is given', async () => {
    const options = {
      requiresDuplicateDetection: true,
      defaultMessageTimeToLive: 'P2D',
      duplicateDetectionHistoryTimeWindow: 'PT1M',
      enableBatchedOperations: false,
      status: 'SendDisabled' as const,
      enablePartitioning: true,
      supportOrdering: false,
      userMetadata: 'about it',
      autoDeleteOnIdle: 'P1D',
    };
    await scene.administration.createTopic('full', options);
    expect(await scene.administration.getTopic('full')).toMatchObject({
      ...options,
      name: 'full',
      maxSizeInMegabytes: 16384,
    });
  });

  it('updates what can be updated, and refuses the rest', async () => {
    const topic = await scene.administration.createTopic('changing');
    const changes = {
      status: 'SendDisabled' as const,
      userMetadata: 'changed',
      defaultMessageTimeToLive: 'P1D',
      duplicateDetectionHistoryTimeWindow: 'PT2M',
      autoDeleteOnIdle: 'PT2H',
      supportOrdering: false,
      maxSizeInMegabytes: 3072,
    };
    const updated = await scene.administration.updateTopic({ ...topic, ...changes });
    expect(updated).toMatchObject(changes);
    expect(await scene.administration.getTopic('changing')).toEqual(updated);
    const refused = scene.administration.updateTopic({ ...updated, requiresDuplicateDetection: true });
    await expect(refused).rejects.toMatchObject(badRequest(/cannot be changed/));
  });

  it('tells what exists and what does not', async () => {
    expect(await scene.administration.topicExists('THERE')).toBe(true);
    expect(await scene.administration.topicExists('nowhere')).toBe(false);
    expect(await scene.administration.topicExists('queue')).toBe(false);
    await expect(scene.administration.createTopic('there')).rejects.toMatchObject(alreadyExists());
    await expect(scene.administration.getTopic('nowhere')).rejects.toMatchObject(notFound());
    await expect(scene.administration.deleteTopic('nowhere')).rejects.toMatchObject(notFound());
    const topic = await scene.administration.getTopic('there');
    await expect(scene.administration.updateTopic({ ...topic, name: 'nowhere' })).rejects.toMatchObject(
      notFound(),
    );
  });

  it('deletes a topic with its subscriptions', async () => {
    await scene.administration.createTopic('doomed');
    await scene.administration.createSubscription('doomed', 'audit');
    await scene.administration.deleteTopic('doomed');
    expect(await scene.administration.topicExists('doomed')).toBe(false);
    expect(await scene.administration.subscriptionExists('doomed', 'audit')).toBe(false);
    await scene.administration.createTopic('doomed');
    expect(await scene.administration.subscriptionExists('doomed', 'audit')).toBe(false);
  });
});
