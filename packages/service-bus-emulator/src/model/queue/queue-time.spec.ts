import { describe, expect, it } from '@jest/globals';

import { ModelScene, refusedWith } from '../../../test/support/model/model-scene.js';
import { TestContent } from '../../../test/support/model/test-content.js';
import { type QueueOptions } from '../entity/entity-description.js';
import { receiveDeferred } from './queue-operations.js';

const sceneWith = (options: Omit<QueueOptions, 'name'> = {}): ModelScene => {
  const scene = new ModelScene();
  scene.queue('q', { lockDurationMs: 1_000, ...options });
  return scene;
};
const lasting = (messageId: string, timeToLiveMs: number): TestContent =>
  new TestContent({ messageId, timeToLiveMs });
const scheduled = (messageId: string, scheduledEnqueueTimeMs: number): TestContent =>
  new TestContent({ messageId, scheduledEnqueueTimeMs });
const deadLetters = 'q/$DeadLetterQueue';

describe('the time to live of a message', () => {
  it("is the shorter of its own and the entity's", () => {
    const scene = sceneWith({ defaultMessageTimeToLiveMs: 100 });
    scene.send('q', lasting('short', 50), lasting('long', 500), 'default');
    scene.advance(49);
    expect(scene.stored('q')).toEqual(['short', 'long', 'default']);
    scene.advance(50);
    expect(scene.stored('q')).toEqual(['long', 'default']);
    scene.advance(100);
    expect(scene.stored('q')).toEqual([]);
    expect(scene.stored(deadLetters)).toEqual([]);
    expect(scene.namespace.storedBytes).toBe(0);
  });

  it('ends in the dead-letter queue if the entity asks for that, where it no longer applies', () => {
    const scene = sceneWith({ deadLetteringOnMessageExpiration: true });
    scene.send('q', lasting('a', 50));
    scene.advance(1_000_000);
    expect(scene.stored('q')).toEqual([]);
    const [message] = scene.messages(deadLetters);
    expect(message).toMatchObject({ enqueuedTimeMs: 0, expiresAtMs: Infinity });
    expect(message?.content.applicationProperty('DeadLetterReason')).toBe('TTLExpiredException');
    expect(scene.namespace.nextDeadlineMs).toBe(Infinity);
  });

  it('keeps expired messages from being delivered', () => {
    const scene = sceneWith();
    scene.send('q', lasting('a', 50), 'b', lasting('c', 50));
    scene.advance(50);
    const [message, ...others] = scene.take(scene.receiver('q'), 5);
    expect(message?.content.messageId).toBe('b');
    expect(others).toEqual([]);
  });

  it('does not end a locked message before its lock ends', () => {
    const scene = sceneWith({ deadLetteringOnMessageExpiration: true });
    scene.send('q', lasting('completed', 50), lasting('abandoned', 50), lasting('forgotten', 50));
    const [completed, abandoned] = scene.take(scene.receiver('q'), 3);
    scene.advance(500);
    scene.settle(completed!, 'complete');
    expect(scene.stored(deadLetters)).toEqual([]);
    scene.settle(abandoned!, 'abandon');
    expect(scene.stored(deadLetters)).toEqual(['abandoned']);
    scene.advance(1_000);
    expect(scene.stored(deadLetters)).toEqual(['abandoned', 'forgotten']);
  });

  it('ends a deferred message only when it is received', () => {
    const scene = sceneWith({ deadLetteringOnMessageExpiration: true });
    scene.send('q', lasting('a', 50), lasting('b', 5_000));
    for (const message of scene.take(scene.receiver('q'), 2)) scene.settle(message, 'defer');
    scene.advance(4_000);
    expect(scene.stored('q')).toEqual(['a', 'b']);
    expect(() => receiveDeferred(scene.source('q'), scene.nowMs, [1, 2], 'peek-lock')).toThrow(
      refusedWith('com.microsoft:message-not-found'),
    );
    expect(scene.stored('q')).toEqual(['b']);
    expect(scene.stored(deadLetters)).toEqual(['a']);
    expect(scene.source('q').locks.size).toBe(0);
  });

  it("applies to later messages when the entity's changes", () => {
    const scene = sceneWith();
    const entity = scene.namespace.queues().next().value!;
    scene.send('q', 'before');
    entity.update(scene.nowMs, { ...entity.description, defaultMessageTimeToLiveMs: 10 });
    scene.send('q', 'after');
    scene.advance(1_000);
    expect(scene.stored('q')).toEqual(['before']);
  });
});

describe('a scheduled message', () => {
  it('becomes active at its time, under a new number', () => {
    const scene = sceneWith();
    const receiver = scene.receiver('q');
    scene.flow(receiver, 5);
    const [number] = scene.send('q', scheduled('later', 100));
    scene.send('q', 'now');
    expect(scene.delivered()).toEqual(['now']);
    expect(scene.source('q').store.counts).toEqual({ active: 1, deferred: 0, scheduled: 1 });
    scene.advance(99);
    expect(scene.delivered()).toEqual([]);
    scene.advance(100);
    expect(scene.delivered()).toEqual(['later']);
    expect(number).toBe(1);
    expect(scene.messages('q').at(-1)).toMatchObject({
      sequenceNumber: 3,
      enqueuedSequenceNumber: 3,
      enqueuedTimeMs: 100,
      state: 'active',
    });
  });

  it('keeps the order of sending among messages for the same time', () => {
    const scene = sceneWith();
    const ids = Array.from({ length: 20 }, (_, index) => `m${index}`);
    scene.send('q', ...ids.map((id) => scheduled(id, 100)));
    scene.advance(100);
    expect(scene.stored('q')).toEqual(ids);
  });

  it('is active at once if its time has passed', () => {
    const scene = sceneWith();
    scene.advance(100);
    scene.send('q', scheduled('past', 100));
    expect(scene.messages('q')[0]).toMatchObject({ state: 'active', sequenceNumber: 1 });
  });

  it('starts its time to live when it becomes active', () => {
    const scene = sceneWith({ defaultMessageTimeToLiveMs: 50 });
    scene.send('q', scheduled('later', 100));
    scene.advance(149);
    expect(scene.stored('q')).toEqual(['later']);
    scene.advance(150);
    expect(scene.stored('q')).toEqual([]);
  });
});

describe('what has become due between commands', () => {
  it('is done before anything is delivered', () => {
    const scene = sceneWith();
    scene.send('q', lasting('expired', 10), scheduled('later', 20), 'locked');
    scene.take(scene.receiver('q'), 1);
    scene.flow(scene.receiver('q'), 10);
    scene.effects();
    scene.namespace.advance(2_000);
    expect(scene.delivered()).toEqual(['locked', 'later']);
  });
});
