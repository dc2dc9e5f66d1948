import { describe, expect, it } from '@jest/globals';

import { ModelScene, refusedWith } from '../../../test/support/model/model-scene.js';

const argumentError = refusedWith('com.microsoft:argument-error');

describe('the description of an entity', () => {
  it.each([
    ['lockDurationMs', 0],
    ['lockDurationMs', NaN],
    ['maxDeliveryCount', 0],
    ['defaultMessageTimeToLiveMs', -1],
    ['autoDeleteOnIdleMs', 0],
    ['maxSizeInMegabytes', 0],
    ['maxMessageSizeInKilobytes', 0],
    ['duplicateDetectionHistoryTimeWindowMs', 0],
  ])('cannot have %s %s', (property, value) => {
    expect(() => new ModelScene().queue('q', { [property]: value })).toThrow(argumentError);
  });

  it('cannot require sessions and forward, nor forward to itself', () => {
    const scene = new ModelScene();
    expect(() => scene.queue('q', { requiresSession: true, forwardTo: 'other' })).toThrow(argumentError);
    expect(() => scene.queue('q', { forwardTo: 'Q' })).toThrow(argumentError);
  });

  it('has the default for each undefined property', () => {
    const { description } = new ModelScene().queue('q', { lockDurationMs: undefined });
    expect(description).toMatchObject({ lockDurationMs: 60_000, maxDeliveryCount: 10, status: 'Active' });
  });
});

describe('a name', () => {
  it.each(['q', 'a/b/c', 'Ä.b-c_d~1', '__proto__', 'subscriptions', 'x'.repeat(260)])(
    'of a queue can be %s',
    (name) => {
      expect(new ModelScene().queue(name).address).toBe(name);
    },
  );

  it.each([
    '',
    '/a',
    'a/',
    'a//b',
    'a b',
    'a?b',
    'a#b',
    'sb://host/a',
    'a/$DeadLetterQueue',
    '$management',
    't/Subscriptions/s',
    'x'.repeat(261),
  ])('of a queue cannot be "%s"', (name) => {
    expect(() => new ModelScene().queue(name)).toThrow(argumentError);
  });

  it.each(['', 'a/b', '$DeadLetterQueue', 'x'.repeat(51)])('of a subscription cannot be "%s"', (name) => {
    const { namespace } = new ModelScene();
    namespace.createTopic(0, { name: 't' });
    expect(() => namespace.createSubscription(0, { topicName: 't', name })).toThrow(argumentError);
  });
});
