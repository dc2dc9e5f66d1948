import { describe, expect, it } from '@jest/globals';

import { inSession, ModelScene } from '../../../test/support/model/model-scene.js';
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

describe('deleting an entity', () => {
  it('tells its receivers, including waiting ones, and drops its messages', () => {
    const scene = new ModelScene();
    scene.queue('q', { requiresSession: true, lockDurationMs: 1_000 });
    scene.send('q', ...inSession('s', 'a', 'b'));
    const holder = scene.session('q', 's');
    const [message] = scene.take(holder);
    const others = [scene.session('q', undefined, 500), scene.receiver('q/$DeadLetterQueue')];
    const queue = scene.source('q');
    scene.effects();
    scene.namespace.deleteEntity(0, 'Q');
    expect(scene.effects()).toMatchObject(
      [holder, ...others].map((receiver) => ({
        type: 'detach',
        receiver,
        error: { condition: 'amqp:not-found' },
      })),
    );
    expect(scene.namespace.storedBytes).toBe(0);
    expect(scene.namespace.nextDeadlineMs).toBe(Infinity);
    expect([queue.store.size, queue.locks.size, queue.receivers.size]).toEqual([0, 0, 0]);

    // Whatever still comes over the old links does nothing.
    scene.flow(holder, 10, true);
    scene.detach(holder, true);
    scene.detach(others[0]!);
    expect(() => queue.settle(0, message!.lockId, { type: 'abandon' })).toThrow(BrokerError);
    expect(() => queue.attach(holder)).toThrow(BrokerError);
    expect([scene.effects(), scene.namespace.nextDeadlineMs]).toEqual([[], Infinity]);
  });

  it('frees its name for a new, empty entity', () => {
    const scene = new ModelScene();
    scene.queue('q');
    scene.send('q', 'a');
    scene.namespace.deleteEntity(0, 'q');
    scene.queue('Q');
    expect(scene.send('q', 'b')).toEqual([1]);
    expect(scene.stored('q')).toEqual(['b']);
  });

  it("deletes a topic's subscriptions and scheduled messages with it", () => {
    const scene = withTopic();
    scene.send('events', 'a');
    const receiver = scene.receiver('events/subscriptions/audit');
    scene.namespace.deleteEntity(0, 'events');
    expect(scene.effects()).toMatchObject([{ type: 'detach', receiver }]);
    expect(scene.namespace.storedBytes).toBe(0);
    expect(refusal(() => scene.namespace.source('events/subscriptions/audit'))).toEqual(
      notFound('events/subscriptions/audit'),
    );
  });

  it('does not disturb others while due work is being done', () => {
    const scene = new ModelScene();
    scene.queue('idle', { autoDeleteOnIdleMs: 1_000, defaultMessageTimeToLiveMs: 1_000 });
    scene.queue('other', { defaultMessageTimeToLiveMs: 1_000 });
    scene.send('idle', 'a');
    scene.send('other', 'b');
    scene.namespace.advance(1_000);
    expect(scene.namespace.entity('idle')).toBeUndefined();
    expect(scene.stored('other')).toEqual([]);
    expect(scene.namespace.nextDeadlineMs).toBe(Infinity);
  });
});

describe('updating an entity', () => {
  it.each([
    ['requiresSession', true],
    ['requiresDuplicateDetection', true],
    ['enablePartitioning', true],
    ['name', 'other'],
  ])('cannot change %s', (property, value) => {
    const entity = new ModelScene().queue('q');
    const update = (): void => entity.update(0, { ...entity.description, [property]: value });
    expect(refusal(update)).toMatchObject([
      'com.microsoft:argument-error',
      expect.stringContaining(property),
    ]);
  });

  it('keeps the spelling of the name', () => {
    const entity = new ModelScene().queue('Orders');
    entity.update(5, { ...entity.description, name: 'ORDERS', userMetadata: 'ours' });
    expect(entity.description).toMatchObject({ name: 'Orders', userMetadata: 'ours' });
    expect(entity.activity).toMatchObject({ createdAtMs: 0, updatedAtMs: 5 });
  });

  it('refuses an invalid description and changes nothing', () => {
    const entity = new ModelScene().queue('q');
    const { description } = entity;
    expect(() => entity.update(0, { ...description, lockDurationMs: -1 })).toThrow(BrokerError);
    expect(entity.description).toBe(description);
  });
});
