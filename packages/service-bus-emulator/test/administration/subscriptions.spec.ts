import { describe, expect, it } from '@jest/globals';

import { administrationScene, alreadyExists, badRequest, notFound } from '../support/administration-scene.js';

const UNLIMITED = 'P10675199DT2H48M5.4775807S';

describe('administration of subscriptions', () => {
  const scene = administrationScene({
    queues: ['inbox'],
    topics: [{ name: 'Shop/events', subscriptions: ['there'] }],
  });
  const topic = 'Shop/events';

  it('creates a subscription with the defaults of the cloud', async () => {
    const subscription = await scene.administration.createSubscription(topic, 'plain');
    expect(subscription._response.status).toBe(201);
    expect(subscription).toEqual({
      subscriptionName: 'plain',
      topicName: topic,
      lockDuration: 'PT1M',
      maxDeliveryCount: 10,
      requiresSession: false,
      enableBatchedOperations: true,
      defaultMessageTimeToLive: UNLIMITED,
      autoDeleteOnIdle: UNLIMITED,
      deadLetteringOnMessageExpiration: false,
      deadLetteringOnFilterEvaluationExceptions: true,
      forwardDeadLetteredMessagesTo: undefined,
      forwardTo: undefined,
      userMetadata: undefined,
      status: 'Active',
      availabilityStatus: 'Available',
    });
    expect(await scene.administration.getSubscription('shop/EVENTS', 'Plain')).toEqual(subscription);
  });

  it('keeps every property that is given', async () => {
    const options = {
      lockDuration: 'PT5M',
      maxDeliveryCount: 20,
      defaultMessageTimeToLive: 'P2D',
      autoDeleteOnIdle: 'PT1H',
      deadLetteringOnFilterEvaluationExceptions: false,
      deadLetteringOnMessageExpiration: true,
      enableBatchedOperations: false,
      requiresSession: true,
      userMetadata: 'note',
      status: 'ReceiveDisabled' as const,
    };
    await scene.administration.createSubscription(topic, 'full', options);
    expect(await scene.administration.getSubscription(topic, 'full')).toMatchObject(options);
  });

  it('starts with a rule that matches everything', async () => {
    await scene.administration.createSubscription(topic, 'default');
    expect(await scene.administration.getRule(topic, 'default', '$Default')).toEqual({
      name: '$Default',
      filter: { sqlExpression: '1=1', sqlParameters: undefined },
      action: { sqlExpression: undefined, sqlParameters: undefined },
    });
  });

  it('starts with the given rule instead', async () => {
    const rule = {
      name: 'expensive',
      filter: { sqlExpression: 'price > @limit', sqlParameters: { '@limit': 100 } },
      action: { sqlExpression: "SET size = 'large'", sqlParameters: undefined },
    };
    await scene.administration.createSubscription(topic, 'chosen', { defaultRuleOptions: rule });
    expect(await scene.administration.getRule(topic, 'chosen', 'expensive')).toEqual(rule);
    expect(await scene.administration.ruleExists(topic, 'chosen', '$Default')).toBe(false);

    await scene.send(topic, { body: 1, applicationProperties: { price: 5 } });
    await scene.send(topic, { body: 2, applicationProperties: { price: 500 } });
    const [message] = await scene.take(`${topic}/Subscriptions/chosen`);
    expect(message).toMatchObject({ body: 2, applicationProperties: { price: 500, size: 'large' } });
    expect(scene.entity(`${topic}/Subscriptions/chosen`).messages()).toEqual([]);
  });

  it('is not created when its rule is refused', async () => {
    const created = scene.administration.createSubscription(topic, 'wrong', {
      defaultRuleOptions: { name: 'rule', filter: { sqlExpression: 'price >' } },
    });
    await expect(created).rejects.toMatchObject(badRequest(/SubCode=40000/));
    expect(await scene.administration.subscriptionExists(topic, 'wrong')).toBe(false);
  });

  it('updates what can be updated, and refuses the rest', async () => {
    const subscription = await scene.administration.createSubscription(topic, 'changing');
    const changes = {
      lockDuration: 'PT3M',
      maxDeliveryCount: 4,
      defaultMessageTimeToLive: 'P1D',
      autoDeleteOnIdle: 'PT6M',
      deadLetteringOnMessageExpiration: true,
      deadLetteringOnFilterEvaluationExceptions: false,
      enableBatchedOperations: false,
      userMetadata: 'changed',
      status: 'ReceiveDisabled' as const,
    };
    const updated = await scene.administration.updateSubscription({ ...subscription, ...changes });
    expect(updated).toMatchObject(changes);
    expect(await scene.administration.getSubscription(topic, 'changing')).toEqual(updated);
    const refused = scene.administration.updateSubscription({ ...updated, requiresSession: true });
    await expect(refused).rejects.toMatchObject(badRequest(/cannot be changed/));
  });

  it('keeps its rules through an update', async () => {
    const subscription = await scene.administration.createSubscription(topic, 'ruled');
    await scene.administration.createRule(topic, 'ruled', 'more', { correlationId: 'x' });
    await scene.administration.updateSubscription({ ...subscription, maxDeliveryCount: 5 });
    expect(await scene.administration.ruleExists(topic, 'ruled', 'more')).toBe(true);
    expect(await scene.administration.ruleExists(topic, 'ruled', '$Default')).toBe(true);
  });

  it('tells what exists and what does not', async () => {
    const { administration } = scene;
    expect(await administration.subscriptionExists(topic, 'there')).toBe(true);
    expect(await administration.subscriptionExists(topic, 'nowhere')).toBe(false);
    await expect(administration.createSubscription(topic, 'There')).rejects.toMatchObject(alreadyExists());
    for (const [ofTopic, name] of [
      [topic, 'nowhere'],
      ['nowhere', 'there'],
      ['inbox', 'there'],
    ] as const) {
      await expect(administration.getSubscription(ofTopic, name)).rejects.toMatchObject(notFound());
      await expect(administration.deleteSubscription(ofTopic, name)).rejects.toMatchObject(notFound());
    }
    await expect(administration.createSubscription('nowhere', 'x')).rejects.toMatchObject(notFound());
    const subscription = await administration.getSubscription(topic, 'there');
    const renamed = { ...subscription, subscriptionName: 'nowhere' };
    await expect(administration.updateSubscription(renamed)).rejects.toMatchObject(notFound());
  });

  it('is deleted with its messages; its topic stays', async () => {
    await scene.administration.createSubscription(topic, 'doomed');
    await scene.send(topic, { body: 1 });
    await scene.administration.deleteSubscription(topic, 'doomed');
    expect(await scene.administration.subscriptionExists(topic, 'doomed')).toBe(false);
    expect(await scene.administration.topicExists(topic)).toBe(true);
    await scene.administration.createSubscription(topic, 'doomed');
    expect(scene.entity(`${topic}/Subscriptions/doomed`).messages()).toEqual([]);
  });
});
