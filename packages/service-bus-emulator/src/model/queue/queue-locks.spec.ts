import { describe, expect, it } from '@jest/globals';

import { ModelScene, refusedWith } from '../../../test/support/model/model-scene.js';
import { type QueueOptions } from '../entity/entity-description.js';

const sceneWith = (options: Omit<QueueOptions, 'name'> = {}, ...ids: string[]): ModelScene => {
  const scene = new ModelScene();
  scene.queue('q', { lockDurationMs: 1_000, ...options });
  scene.send('q', ...(ids.length > 0 ? ids : ['a']));
  return scene;
};
const lockLost = refusedWith('com.microsoft:message-lock-lost');

describe('the lock of a message', () => {
  it('lasts for the lock duration and keeps the message from other receivers', () => {
    const scene = sceneWith();
    const [first, second] = [scene.receiver('q'), scene.receiver('q')];
    const [message] = scene.take(first);
    expect(message).toMatchObject({ lockedUntilMs: 1_000, lockedBy: first });
    scene.advance(999);
    expect(scene.take(second, 5)).toEqual([]);
    scene.advance(1_000);
    expect(scene.delivered()).toEqual(['a']);
    expect(message).toMatchObject({ lockedUntilMs: 2_000, lockedBy: second, deliveryCount: 1 });
  });

  it('has a new id with each delivery: an earlier id settles nothing', () => {
    const scene = sceneWith();
    const receiver = scene.receiver('q');
    const [message] = scene.take(receiver);
    const { lockId } = message!;
    scene.advance(1_000);
    scene.take(receiver);
    const queue = scene.source('q');
    expect(() => queue.settle(scene.nowMs, lockId, { type: 'complete' })).toThrow(lockLost);
    expect(() => queue.renewLock(scene.nowMs, lockId)).toThrow(lockLost);
    scene.settle(message!, 'complete');
    expect(scene.stored('q')).toEqual([]);
    expect(() => scene.settle(message!, 'complete', {}, queue)).toThrow(lockLost);
  });

  it('lasts for the lock duration again after a renewal', () => {
    const scene = sceneWith();
    const [message] = scene.take(scene.receiver('q'));
    scene.advance(900);
    expect(scene.source('q').renewLock(scene.nowMs, message!.lockId).lockedUntilMs).toBe(1_900);
    scene.advance(1_899);
    expect(message).toMatchObject({ deliveryCount: 0, lockId: 1 });
    scene.advance(1_900);
    expect(message).toMatchObject({ deliveryCount: 1, lockId: 0 });
  });

  it('keeps its expiry when the lock duration changes, until it is renewed', () => {
    const scene = sceneWith();
    const [message] = scene.take(scene.receiver('q'));
    const entity = [...scene.namespace.queues()][0]!;
    entity.update(scene.nowMs, { ...entity.description, lockDurationMs: 50 });
    scene.advance(500);
    expect(message?.lockedUntilMs).toBe(1_000);
    scene.source('q').renewLock(scene.nowMs, message!.lockId);
    expect(message?.lockedUntilMs).toBe(550);
  });

  it('outlives its link', () => {
    const scene = sceneWith();
    const receiver = scene.receiver('q');
    const [message] = scene.take(receiver);
    scene.detach(receiver);
    expect(scene.take(scene.receiver('q'))).toEqual([]);
    scene.source('q').settle(scene.nowMs, message!.lockId, { type: 'complete' });
    expect(scene.stored('q')).toEqual([]);
  });

  it('ends with its link if asked to, and counts as a failed delivery', () => {
    const scene = sceneWith({}, 'a', 'b', 'c');
    const [holder, other] = [scene.receiver('q'), scene.receiver('q')];
    const [, , third] = scene.take(holder, 3);
    scene.settle(third!, 'abandon');
    scene.take(holder, 1);
    scene.detach(holder, true);
    const again = scene.take(other, 5);
    expect(again.map(({ content, deliveryCount }) => [content.messageId, deliveryCount])).toEqual([
      ['a', 1],
      ['b', 1],
      ['c', 2],
    ]);
  });

  it("does not end with another receiver's link", () => {
    const scene = sceneWith({}, 'a', 'b');
    const [one, other] = [scene.receiver('q'), scene.receiver('q')];
    scene.take(one);
    scene.take(other);
    scene.detach(one, true);
    expect(scene.source('q').locks.size).toBe(1);
  });

  it('can expire for many messages at once: they return in order', () => {
    const scene = sceneWith({}, 'a', 'b', 'c', 'd', 'e', 'f');
    const [first, second] = [scene.receiver('q'), scene.receiver('q')];
    scene.take(first, 6);
    scene.flow(second, 6);
    scene.advance(1_000);
    expect(scene.delivered()).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
  });

  it('of an older message can expire later, and the older one still comes first if both are due', () => {
    const scene = sceneWith({}, 'a', 'b');
    const [first, second] = [scene.receiver('q'), scene.receiver('q')];
    const [older] = scene.take(first, 2);
    scene.nowMs = 100;
    scene.source('q').renewLock(scene.nowMs, older!.lockId);
    scene.flow(second, 1);
    scene.namespace.advance(5_000);
    expect(scene.delivered()).toEqual(['a']);
  });
});
