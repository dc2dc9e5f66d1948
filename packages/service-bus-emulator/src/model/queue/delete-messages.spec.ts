import { describe, expect, it } from '@jest/globals';

import { inSession, ModelScene, refusedWith } from '../../../test/support/model/model-scene.js';
import { TestContent } from '../../../test/support/model/test-content.js';
import { assertSessionHeld, cancelScheduled, deleteMessages, sessionLocks } from './queue-operations.js';

const messageNotFound = refusedWith('com.microsoft:message-not-found');
const sceneWith = (...ids: string[]): ModelScene => {
  const scene = new ModelScene();
  scene.queue('q', { lockDurationMs: 1_000 });
  if (ids.length > 0) scene.send('q', ...ids);
  return scene;
};
const scheduled = (messageId: string): TestContent =>
  new TestContent({ messageId, scheduledEnqueueTimeMs: 100 });

describe('cancelling scheduled messages', () => {
  it('removes all of the named messages or none', () => {
    const scene = sceneWith('active');
    scene.send('q', scheduled('a'), scheduled('b'));
    const queue = scene.source('q');
    expect(() => cancelScheduled(queue, [2, 1])).toThrow(messageNotFound);
    expect(() => cancelScheduled(queue, [2, 9])).toThrow(messageNotFound);
    expect(scene.stored('q')).toEqual(['active', 'a', 'b']);
    cancelScheduled(queue, [3, 2, 3]);
    expect(scene.stored('q')).toEqual(['active']);
    expect(scene.namespace.nextDeadlineMs).toBe(Infinity);
  });

  it('fails once they are active', () => {
    const scene = sceneWith();
    scene.send('q', scheduled('a'));
    scene.advance(100);
    expect(() => cancelScheduled(scene.source('q'), [1])).toThrow(messageNotFound);
    expect(scene.stored('q')).toEqual(['a']);
  });
});

describe('deleting messages', () => {
  it('deletes the oldest unlocked messages, up to a number', () => {
    const scene = sceneWith('locked', 'deferred', 'a', 'b', 'c');
    scene.send('q', scheduled('scheduled'));
    const [, deferred] = scene.take(scene.receiver('q'), 2);
    scene.settle(deferred!, 'defer');
    const queue = scene.source('q');
    expect(deleteMessages(queue, 2, 0)).toBe(2);
    expect(scene.stored('q')).toEqual(['locked', 'deferred', 'c', 'scheduled']);
    expect(deleteMessages(queue, -1, 0)).toBe(0);
    expect(deleteMessages(queue, 10, 0)).toBe(1);
    expect(deleteMessages(queue, 10, 0)).toBe(0);
    expect(scene.take(scene.receiver('q'), 5)).toEqual([]);
  });

  it('deletes only messages enqueued before a time', () => {
    const scene = sceneWith('old');
    scene.advance(10);
    scene.send('q', 'new');
    expect(deleteMessages(scene.source('q'), 10, 9)).toBe(1);
    expect(scene.stored('q')).toEqual(['new']);
  });

  it('can be limited to one session', () => {
    const scene = new ModelScene();
    scene.queue('q', { requiresSession: true });
    scene.send('q', ...inSession('a', 'a1'), ...inSession('b', 'b1'));
    expect(deleteMessages(scene.source('q'), 10, 0, 'b')).toBe(1);
    expect(scene.stored('q')).toEqual(['a1']);
    expect(scene.session('q', undefined).session?.id).toBe('a');
    expect(scene.session('q', undefined).session).toBeUndefined();
  });

  it('frees the memory of messages that nobody ever received', () => {
    const scene = sceneWith();
    for (let count = 0; count < 100; count += 1) {
      scene.send('q', ...Array.from({ length: 100 }, () => 'a'));
      deleteMessages(scene.source('q'), 100, 0);
    }
    expect(scene.namespace.storedBytes).toBe(0);
    expect(scene.source('q').timers.size).toBe(0);
  });
});

describe('sessions over the management node', () => {
  it('are refused on an entity without sessions', () => {
    expect(() => sessionLocks(sceneWith().source('q'))).toThrow(refusedWith('amqp:not-allowed'));
  });

  it('must be held for settling their messages', () => {
    const scene = new ModelScene();
    scene.queue('q', { requiresSession: true });
    const queue = scene.source('q');
    expect(() => assertSessionHeld(queue, 's')).toThrow(refusedWith('com.microsoft:session-lock-lost'));
    scene.session('q', 's');
    assertSessionHeld(queue, 's');
    assertSessionHeld(queue, undefined);
  });
});
