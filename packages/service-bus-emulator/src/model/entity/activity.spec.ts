import { describe, expect, it } from '@jest/globals';

import { ModelScene } from '../../../test/support/model/model-scene.js';
import { peek, receiveDeferred } from '../queue/queue-operations.js';

const IDLE_MS = 1_000;
const sceneWith = (): ModelScene => {
  const scene = new ModelScene();
  scene.queue('q', { autoDeleteOnIdleMs: IDLE_MS, lockDurationMs: 100 });
  return scene;
};
const exists = (scene: ModelScene, name = 'q'): boolean => scene.namespace.entity(name) !== undefined;

describe('an entity with auto-delete on idle', () => {
  it('is deleted after that time', () => {
    const scene = sceneWith();
    scene.advance(IDLE_MS - 1);
    expect(exists(scene)).toBe(true);
    scene.advance(IDLE_MS);
    expect(exists(scene)).toBe(false);
    expect(scene.namespace.nextDeadlineMs).toBe(Infinity);
  });

  const uses: [string, (scene: ModelScene) => unknown][] = [
    ['sent to', (scene) => scene.send('q', 'a')],
    ['peeked', (scene) => peek(scene.source('q'), 0, 1)],
    ['received from', (scene) => scene.detach(scene.receiver('q'))],
    ['received from as a dead-letter queue', (scene) => scene.detach(scene.receiver('q/$DeadLetterQueue'))],
    ['asked for deferred messages', (scene) => receiveDeferred(scene.source('q'), 0, [], 'peek-lock')],
  ];
  it.each(uses)('counts from the last time it was %s', (_, use) => {
    const scene = sceneWith();
    scene.advance(600);
    use(scene);
    scene.advance(IDLE_MS + 599);
    expect(exists(scene)).toBe(true);
    scene.advance(IDLE_MS + 600);
    expect(exists(scene)).toBe(false);
  });

  it('stays while it has a receiver, and for its time after that', () => {
    const scene = sceneWith();
    const receiver = scene.receiver('q');
    scene.advance(10 * IDLE_MS + 500);
    scene.detach(receiver);
    scene.advance(11 * IDLE_MS + 499);
    expect(exists(scene)).toBe(true);
    scene.advance(11 * IDLE_MS + 500);
    expect(exists(scene)).toBe(false);
  });

  it('follows a new time when that is changed', () => {
    const scene = sceneWith();
    const entity = scene.namespace.queues().next().value!;
    scene.advance(500);
    entity.update(scene.nowMs, { ...entity.description, autoDeleteOnIdleMs: 100 });
    scene.advance(600);
    expect(exists(scene)).toBe(false);
  });

  it('stays, as a topic, while one of its subscriptions is used', () => {
    const scene = new ModelScene();
    scene.namespace.createTopic(0, { name: 't', autoDeleteOnIdleMs: IDLE_MS });
    scene.namespace.createSubscription(0, { topicName: 't', name: 's' });
    scene.advance(500);
    const receiver = scene.receiver('t/Subscriptions/s');
    scene.advance(5_000);
    scene.detach(receiver);
    scene.advance(5_999);
    expect(exists(scene, 't')).toBe(true);
    scene.advance(6_000);
    expect(exists(scene, 't')).toBe(false);
  });

  it('leaves nothing due if it is deleted before its time', () => {
    const scene = sceneWith();
    scene.namespace.createTopic(0, { name: 't', autoDeleteOnIdleMs: IDLE_MS });
    scene.namespace.createSubscription(0, { topicName: 't', name: 's', autoDeleteOnIdleMs: IDLE_MS });
    scene.namespace.deleteEntity(0, 'q');
    scene.namespace.deleteEntity(0, 't');
    expect(scene.namespace.nextDeadlineMs).toBe(Infinity);
  });

  it('deletes, as a subscription, only itself', () => {
    const scene = new ModelScene();
    scene.namespace.createTopic(0, { name: 't' });
    scene.namespace.createSubscription(0, { topicName: 't', name: 's', autoDeleteOnIdleMs: IDLE_MS });
    scene.send('t', 'a');
    scene.advance(IDLE_MS);
    expect(exists(scene, 't')).toBe(true);
    expect(scene.namespace.topic('t').subscriptions.size).toBe(0);
    expect(scene.namespace.storedBytes).toBe(0);
  });
});

describe('the times of an entity', () => {
  it('tell when it was created, changed and used', () => {
    const scene = sceneWith();
    const entity = scene.namespace.queues().next().value!;
    scene.advance(10);
    entity.update(scene.nowMs, entity.description);
    expect(entity.activity.accessedAtMs).toBe(10);
    scene.advance(20);
    scene.send('q', 'a');
    expect(entity.activity).toMatchObject({ createdAtMs: 0, updatedAtMs: 10, accessedAtMs: 20 });
    scene.advance(30);
    scene.detach(scene.receiver('q'));
    scene.advance(40);
    expect(entity.activity.accessedAtMs).toBe(30);
    scene.receiver('q');
    scene.advance(50);
    expect(entity.activity.accessedAtMs).toBe(50);
  });
});
