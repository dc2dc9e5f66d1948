import { describe, expect, it } from '@jest/globals';

import { ModelScene } from '../../../test/support/model/model-scene.js';
import { BrokerError } from '../broker-error.js';

const refusal = (action: () => unknown): unknown => {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof BrokerError)) throw error;
    return [error.condition, error.message];
  }
};
const withTopic = (): ModelScene => {
  const scene = new ModelScene();
  scene.queue('Orders');
  scene.namespace.createTopic(0, { name: 'Events' });
  scene.namespace.createSubscription(0, { topicName: 'Events', name: 'Audit' });
  return scene;
};
const notFound = (address: string): unknown => [
  'amqp:not-found',
  `The messaging entity '${address}' could not be found.`,
];

describe('entities', () => {
  it('are found in any spelling, and keep the one in which they were created', () => {
    const { namespace } = withTopic();
    expect(namespace.entity('ORDERS')?.description.name).toBe('Orders');
    expect(namespace.subscription('EVENTS', 'AUDIT').address).toBe('Events/Subscriptions/Audit');
    for (const address of ['orders', '/ORDERS', 'amqp://host/Orders', 'events/SUBSCRIPTIONS/audit']) {
      expect(namespace.source(address).queue.address.toLowerCase()).toContain(
        address.includes('/S') ? 'events/subscriptions/audit' : 'orders',
      );
    }
    expect(namespace.source('orders/$deadletterqueue').queue.address).toBe('Orders/$DeadLetterQueue');
    expect(namespace.source('orders/$TRANSFER/$deadletterqueue').queue.address).toBe(
      'Orders/$Transfer/$DeadLetterQueue',
    );
  });

  it('are listed by kind', () => {
    const { namespace } = withTopic();
    expect([...namespace.queues()].map(({ address }) => address)).toEqual(['Orders']);
    expect([...namespace.topics()].map(({ address }) => address)).toEqual(['Events']);
  });

  it('have unique names, whatever their kind', () => {
    const { namespace } = withTopic();
    for (const create of [
      () => namespace.createQueue(0, { name: 'orders' }),
      () => namespace.createTopic(0, { name: 'ORDERS' }),
      () => namespace.createQueue(0, { name: 'events' }),
      () => namespace.createSubscription(0, { topicName: 'events', name: 'audit' }),
    ]) {
      expect(refusal(create)).toEqual(['com.microsoft:entity-already-exists', expect.any(String)]);
    }
  });

  it('leave nothing due behind when they are refused', () => {
    const { namespace } = withTopic();
    expect(() => namespace.createQueue(0, { name: 'orders', autoDeleteOnIdleMs: 1_000 })).toThrow();
    expect(() => namespace.createQueue(0, { name: 'x', lockDurationMs: 0, autoDeleteOnIdleMs: 5 })).toThrow();
    expect(namespace.nextDeadlineMs).toBe(Infinity);
    expect(namespace.entity('x')).toBeUndefined();
  });

  it('may have names that are special in JavaScript', () => {
    const scene = new ModelScene();
    for (const name of ['__proto__', 'constructor', 'toString']) {
      expect(refusal(() => scene.namespace.target(name))).toEqual(notFound(name));
      scene.queue(name);
      scene.send(name, 'a');
      expect(scene.stored(name)).toEqual(['a']);
    }
  });
});

describe('refused commands', () => {
  it.each(['nothing', 'events/subscriptions/nothing', 'nothing/subscriptions/audit', ''])(
    'receiving from %s, which does not exist',
    (address) => {
      expect(refusal(() => withTopic().namespace.source(address))).toEqual(notFound(address));
    },
  );

  it.each(['nothing', 'nothing/$DeadLetterQueue', 'events/subscriptions/nothing'])(
    'sending to %s, which does not exist',
    (address) => {
      expect(refusal(() => withTopic().namespace.target(address))).toEqual(notFound(address));
    },
  );

  it.each([
    'events/subscriptions/audit',
    'orders/$deadletterqueue',
    'events/subscriptions/audit/$DeadLetterQueue',
  ])('sending to %s', (address) => {
    expect(refusal(() => withTopic().namespace.target(address))).toMatchObject([
      'amqp:not-allowed',
      expect.stringMatching(/^Cannot create a message sender for /),
    ]);
  });

  it('receiving from a topic', () => {
    expect(refusal(() => withTopic().namespace.source('events'))).toEqual([
      'amqp:not-allowed',
      expect.any(String),
    ]);
  });

  it('naming a queue where a topic is required', () => {
    const { namespace } = withTopic();
    expect(refusal(() => namespace.topic('orders'))).toEqual(notFound('orders'));
    expect(refusal(() => namespace.subscription('events', 'x'))).toEqual(notFound('events/Subscriptions/x'));
    expect(refusal(() => namespace.deleteEntity(0, 'x'))).toEqual(notFound('x'));
    expect(refusal(() => namespace.deleteSubscription('events', 'x'))).toEqual(
      notFound('events/Subscriptions/x'),
    );
  });
});
