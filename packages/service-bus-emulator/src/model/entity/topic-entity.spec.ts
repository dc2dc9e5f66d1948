import { describe, expect, it } from '@jest/globals';

import { ModelScene, refusedWith } from '../../../test/support/model/model-scene.js';
import { TestContent } from '../../../test/support/model/test-content.js';
import { type RuleOptions, type SubscriptionOptions } from './entity-description.js';
import { cancelScheduled } from '../queue/queue-operations.js';

interface Wanted extends Partial<SubscriptionOptions> {
  name: string;
  rules?: RuleOptions[];
}

const sceneWith = (...subscriptions: Wanted[]): ModelScene => {
  const scene = new ModelScene();
  scene.namespace.createTopic(0, { name: 'Events' });
  for (const { rules, ...options } of subscriptions) {
    const subscription = scene.namespace.createSubscription(0, { topicName: 'events', ...options });
    if (!rules) continue;
    subscription.removeRule('$default');
    for (const rule of rules) subscription.addRule(0, rule);
  }
  return scene;
};

describe('a topic', () => {
  it('gives each subscription a copy with a number of its own', () => {
    const scene = sceneWith({ name: 'a' }, { name: 'b', rules: [] }, { name: 'c' });
    expect(scene.send('events', 'm1', 'm2')).toEqual([1, 2]);
    scene.namespace.createSubscription(0, { topicName: 'events', name: 'late' });
    scene.send('events', 'm3');
    expect(scene.stored('Events/Subscriptions/a')).toEqual(['m1', 'm2', 'm3']);
    expect(scene.stored('events/subscriptions/B')).toEqual([]);
    expect(scene.messages('events/subscriptions/late')[0]).toMatchObject({
      sequenceNumber: 1,
      enqueuedSequenceNumber: 3,
    });
  });

  it('accepts messages that match no subscription, and drops them', () => {
    const scene = sceneWith();
    expect(scene.send('events', 'm1')).toEqual([1]);
    expect(scene.namespace.storedBytes).toBe(0);
  });

  it('holds scheduled messages, which can be cancelled', () => {
    const scene = sceneWith({ name: 'a' });
    const at = (messageId: string): TestContent =>
      new TestContent({ messageId, scheduledEnqueueTimeMs: 100 });
    expect(scene.send('events', at('m1'), at('m2'), at('m3'))).toEqual([1, 2, 3]);
    cancelScheduled(scene.namespace.topic('events').scheduled, [2]);
    scene.advance(99);
    expect(scene.stored('events/Subscriptions/a')).toEqual([]);
    scene.advance(100);
    expect(scene.stored('events/Subscriptions/a')).toEqual(['m1', 'm3']);
    expect(scene.messages('events/Subscriptions/a')[0]).toMatchObject({
      enqueuedSequenceNumber: 4,
      enqueuedTimeMs: 100,
    });
  });

  it('limits the time to live in its subscriptions, and not beyond them', () => {
    const scene = sceneWith({ name: 'a' }, { name: 'passing', forwardTo: 'q' });
    scene.queue('q');
    const topic = scene.namespace.topic('events');
    topic.update(0, { ...topic.description, defaultMessageTimeToLiveMs: 50 });
    scene.send('events', 'm1');
    scene.advance(50);
    expect([scene.stored('events/Subscriptions/a'), scene.stored('q')]).toEqual([[], ['m1']]);
  });

  it('closes its subscriptions to receivers when it is disabled; they keep their messages', () => {
    const scene = sceneWith({ name: 'a' });
    scene.send('events', 'm1');
    const receiver = scene.receiver('events/Subscriptions/a');
    const topic = scene.namespace.topic('events');
    topic.update(0, { ...topic.description, status: 'Disabled' });
    expect(scene.effects()).toMatchObject([
      { type: 'detach', receiver, error: { condition: 'com.microsoft:entity-disabled' } },
    ]);
    expect(() => scene.receiver('events/Subscriptions/a')).toThrow(
      refusedWith('com.microsoft:entity-disabled'),
    );
    const subscription = scene.namespace.subscription('events', 'a');
    subscription.update(0, subscription.description);
    expect(() => scene.receiver('events/Subscriptions/a')).toThrow(
      refusedWith('com.microsoft:entity-disabled'),
    );
    topic.update(0, { ...topic.description, status: 'Active' });
    expect(scene.take(scene.receiver('events/Subscriptions/a'))).toHaveLength(1);
  });

  it('is a target for forwarding', () => {
    const scene = sceneWith({ name: 'a' });
    scene.queue('q', { forwardTo: 'events' });
    scene.send('q', 'm1');
    expect(scene.messages('events/Subscriptions/a')[0]).toMatchObject({ enqueuedSequenceNumber: 1, hops: 1 });
  });
});
