import { describe, expect, it } from '@jest/globals';

import { parseResourcePath } from './resource-path.js';

describe('parseResourcePath', () => {
  it.each([
    ['/', { kind: 'root' }],
    ['/$namespaceinfo', { kind: 'namespace' }],
    ['/$Resources/Queues', { kind: 'queues' }],
    ['/%24Resources/Topics', { kind: 'topics' }],
    ['/orders', { kind: 'entity', name: 'orders' }],
    ['/shop/orders/new', { kind: 'entity', name: 'shop/orders/new' }],
    ['/shop%2Forders', { kind: 'entity', name: 'shop/orders' }],
    ['/caf%C3%A9', { kind: 'entity', name: 'café' }],
    ['/events/Subscriptions/', { kind: 'subscriptions', topicName: 'events' }],
    ['/events/subscriptions', { kind: 'subscriptions', topicName: 'events' }],
    ['/shop/events/Subscriptions/audit', { kind: 'subscription', topicName: 'shop/events', name: 'audit' }],
    ['/events/Subscriptions/audit/Rules/', { kind: 'rules', topicName: 'events', subscriptionName: 'audit' }],
    [
      '/events/SUBSCRIPTIONS/audit/rules/$Default',
      { kind: 'rule', topicName: 'events', subscriptionName: 'audit', name: '$Default' },
    ],
    [
      '/events/Subscriptions/Rules/Rules/Subscriptions',
      { kind: 'rule', topicName: 'events', subscriptionName: 'Rules', name: 'Subscriptions' },
    ],
  ])('understands %s', (path, meaning) => {
    expect(parseResourcePath(path)).toEqual(meaning);
  });

  it('refuses escapes that are not UTF-8', () => {
    expect(() => parseResourcePath('/caf%E9')).toThrow(/escape/);
  });
});
