import { describe, expect, it } from '@jest/globals';

import { inSession, ModelScene, refusedWith } from '../../../test/support/model/model-scene.js';
import { TestContent } from '../../../test/support/model/test-content.js';
import { peek, receiveDeferred } from './queue-operations.js';

const messageNotFound = refusedWith('com.microsoft:message-not-found');
const sceneWith = (...ids: string[]): ModelScene => {
  const scene = new ModelScene();
  scene.queue('q', { lockDurationMs: 1_000 });
  if (ids.length > 0) scene.send('q', ...ids);
  return scene;
};
const deferAll = (scene: ModelScene): void => {
  for (const message of scene.take(scene.receiver('q'), 10)) scene.settle(message, 'defer');
};
const scheduled = (messageId: string): TestContent =>
  new TestContent({ messageId, scheduledEnqueueTimeMs: 100 });

describe('peek', () => {
  it('returns messages in every state, from a number on, and locks none', () => {
    const scene = sceneWith('locked', 'deferred', 'active');
    scene.send('q', scheduled('scheduled'));
    const [, deferred] = scene.take(scene.receiver('q'), 2);
    scene.settle(deferred!, 'defer');
    const queue = scene.source('q');
    const ids = (from: number, count: number): string[] =>
      peek(queue, from, count).map(({ content }) => content.messageId);
    expect(ids(0, 10)).toEqual(['locked', 'deferred', 'active', 'scheduled']);
    expect(ids(2, 2)).toEqual(['deferred', 'active']);
    expect(ids(5, 2)).toEqual([]);
    expect(ids(0, 0)).toEqual([]);
    expect(ids(0, -1)).toEqual([]);
    expect(queue.locks.size).toBe(1);
  });

  it('pages over gaps of any width', () => {
    const scene = sceneWith(...Array.from({ length: 1_000 }, (_, index) => `m${index}`));
    const receiver = scene.receiver('q');
    for (const message of scene.take(receiver, 1_000)) {
      scene.settle(message, message.sequenceNumber % 300 === 0 ? 'defer' : 'complete');
    }
    const seen: number[] = [];
    for (let from = 0; ; from = (seen.at(-1) ?? 0) + 1) {
      const page = peek(scene.source('q'), from, 2);
      if (page.length === 0) break;
      seen.push(...page.map(({ sequenceNumber }) => sequenceNumber));
    }
    expect(seen).toEqual([300, 600, 900]);
  });

  it('returns the messages of one session, or of all', () => {
    const scene = new ModelScene();
    scene.queue('q', { requiresSession: true });
    scene.send('q', ...inSession('a', 'a1'), ...inSession('b', 'b1'), ...inSession('a', 'a2'));
    const found = peek(scene.source('q'), 0, 10, 'a').map(({ content }) => content.messageId);
    expect(found).toEqual(['a1', 'a2']);
    expect(peek(scene.source('q'), 0, 10)).toHaveLength(3);
  });
});

describe('receiving deferred messages', () => {
  it('receives all of them or none', () => {
    const scene = sceneWith('a', 'b', 'c');
    deferAll(scene);
    const queue = scene.source('q');
    for (const numbers of [[1, 2, 99], [1, 0], [NaN]]) {
      expect(() => receiveDeferred(queue, 0, numbers, 'peek-lock')).toThrow(messageNotFound);
    }
    expect(queue.locks.size).toBe(0);
    const found = receiveDeferred(queue, 0, [3, 1], 'peek-lock');
    expect(found.map(({ content, lockedUntilMs }) => [content.messageId, lockedUntilMs])).toEqual([
      ['c', 1_000],
      ['a', 1_000],
    ]);
    expect(() => receiveDeferred(queue, 0, [1], 'peek-lock')).toThrow(messageNotFound);
  });

  it('receives a message once, however often it is named', () => {
    const scene = sceneWith('a');
    deferAll(scene);
    const queue = scene.source('q');
    expect(receiveDeferred(queue, 0, [1, 1], 'peek-lock')).toHaveLength(1);
    expect(queue.locks.size).toBe(1);
  });

  it('receives no message that is not deferred', () => {
    const scene = sceneWith('a');
    expect(() => receiveDeferred(scene.source('q'), 0, [1], 'peek-lock')).toThrow(messageNotFound);
  });

  it('can remove them at once', () => {
    const scene = sceneWith('a', 'b');
    deferAll(scene);
    expect(receiveDeferred(scene.source('q'), 0, [2], 'receive-and-delete')).toHaveLength(1);
    expect(scene.stored('q')).toEqual(['a']);
  });

  it('locks them; they are deferred again when the lock ends', () => {
    const scene = sceneWith('a');
    deferAll(scene);
    const queue = scene.source('q');
    const [message] = receiveDeferred(queue, 0, [1], 'peek-lock');
    scene.advance(1_000);
    expect(message).toMatchObject({ state: 'deferred', lockId: 0, deliveryCount: 2 });
    expect(receiveDeferred(queue, scene.nowMs, [1], 'receive-and-delete')).toEqual([message]);
  });

  it('requires the session on an entity with sessions', () => {
    const scene = new ModelScene();
    scene.queue('q', { requiresSession: true });
    scene.send('q', ...inSession('a', 'a1'));
    const receiver = scene.session('q', 'a');
    scene.settle(scene.take(receiver)[0]!, 'defer');
    scene.session('q', 'b');
    const queue = scene.source('q');
    expect(() => receiveDeferred(queue, 0, [1], 'peek-lock')).toThrow(refusedWith('amqp:not-allowed'));
    expect(() => receiveDeferred(queue, 0, [1], 'peek-lock', 'b')).toThrow(messageNotFound);
    expect(receiveDeferred(queue, 0, [1, 1], 'receive-and-delete', 'a')).toHaveLength(1);
    scene.detach(receiver);
    expect([...queue.sessions!.sessions.all()]).toEqual([]);
  });
});
