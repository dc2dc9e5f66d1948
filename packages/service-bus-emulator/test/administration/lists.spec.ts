import { describe, expect, it } from '@jest/globals';

import { administrationScene, notFound } from '../support/administration-scene.js';

const COUNT = 230;
const numbered = (name: string): string[] =>
  Array.from({ length: COUNT }, (_, index) => `${name}-${String(index).padStart(3, '0')}`);

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

describe('lists', () => {
  const scene = administrationScene({
    // Out of order: a list is in order of names.
    queues: [...numbered('queue').reverse(), 'Queue-100a'],
    topics: [
      ...numbered('topic').slice(1),
      { name: 'topic-000', subscriptions: numbered('subscription').reverse() },
      { name: 'empty', subscriptions: [] },
    ],
  });

  it('continue past 100 entries, with each entry once, in order', async () => {
    const queues = await all(scene.administration.listQueues());
    const expected = numbered('queue').flatMap((name) =>
      name === 'queue-100' ? [name, 'Queue-100a'] : [name],
    );
    expect(queues.map(({ name }) => name)).toEqual(expected);
    expect(queues[0]).toMatchObject({ lockDuration: 'PT1M', maxDeliveryCount: 10 });
  });

  it('contain topics, and nothing but topics', async () => {
    const topics = await all(scene.administration.listTopics());
    expect(topics.map(({ name }) => name)).toEqual(['empty', ...numbered('topic')]);
  });

  it('contain the subscriptions of one topic', async () => {
    const subscriptions = await all(scene.administration.listSubscriptions('topic-000'));
    expect(subscriptions.map(({ subscriptionName }) => subscriptionName)).toEqual(numbered('subscription'));
    expect(subscriptions.every(({ topicName }) => topicName === 'topic-000')).toBe(true);
  });

  it('contain the rules of one subscription', async () => {
    await scene.administration.createSubscription('topic-000', 'ruled', {
      defaultRuleOptions: { name: 'rule-000', filter: { sqlExpression: '1=1' } },
    });
    for (const name of numbered('rule').slice(1)) {
      await scene.administration.createRule('topic-000', 'ruled', name, { correlationId: name });
    }
    const found = await all(scene.administration.listRules('topic-000', 'ruled'));
    expect(found.map(({ name }) => name)).toEqual(numbered('rule'));
    expect(found[7]?.filter).toMatchObject({ correlationId: 'rule-007' });
    await scene.administration.deleteSubscription('topic-000', 'ruled');
  });

  it('contain runtime properties', async () => {
    await scene.send('queue-150', { body: 1 });
    await scene.send('topic-000', { body: 1 });
    const queues = await all(scene.administration.listQueuesRuntimeProperties());
    expect(queues).toHaveLength(COUNT + 1);
    expect(queues.filter(({ activeMessageCount }) => activeMessageCount > 0).map(({ name }) => name)).toEqual(
      ['queue-150'],
    );
    const topics = await all(scene.administration.listTopicsRuntimeProperties());
    expect(topics).toHaveLength(COUNT + 1);
    expect(topics.find(({ name }) => name === 'topic-000')?.subscriptionCount).toBe(COUNT);
    const subscriptions = await all(scene.administration.listSubscriptionsRuntimeProperties('topic-000'));
    expect(subscriptions.map(({ activeMessageCount }) => activeMessageCount)).toEqual(Array(COUNT).fill(1));
  });

  it('have pages of the requested size', async () => {
    const pages: number[] = [];
    for await (const page of scene.administration.listQueues().byPage({ maxPageSize: 50 }))
      pages.push(page.length);
    expect(pages).toEqual([50, 50, 50, 50, 31]);
  });

  it('continue where a page ended', async () => {
    const first = await scene.administration.listTopics().byPage({ maxPageSize: 2 }).next();
    const page = first.value as { name: string }[] & { continuationToken?: string };
    expect(page.map(({ name }) => name)).toEqual(['empty', 'topic-000']);
    const next = await scene.administration
      .listTopics()
      .byPage({ maxPageSize: 3, continuationToken: page.continuationToken! })
      .next();
    expect((next.value as { name: string }[]).map(({ name }) => name)).toEqual([
      'topic-001',
      'topic-002',
      'topic-003',
    ]);
  });

  it('end without an empty page if the last one is full', async () => {
    const pages: number[] = [];
    const listed = scene.administration.listSubscriptions('topic-000').byPage({ maxPageSize: 46 });
    for await (const page of listed) pages.push(page.length);
    expect(pages).toEqual([46, 46, 46, 46, 46]);
  });

  it('are empty without entries, and refused for an entity that does not exist', async () => {
    expect(await all(scene.administration.listSubscriptions('empty'))).toEqual([]);
    const past = scene.administration.listQueues().byPage({ continuationToken: '5000' });
    expect((await past.next()).value).toHaveLength(0);
    await expect(all(scene.administration.listSubscriptions('nowhere'))).rejects.toMatchObject(notFound());
    await expect(all(scene.administration.listRules('empty', 'nowhere'))).rejects.toMatchObject(notFound());
  });
});
