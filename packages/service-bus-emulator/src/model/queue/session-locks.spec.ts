import { describe, expect, it } from '@jest/globals';

import { inSession, ModelScene, refusedWith } from '../../../test/support/model/model-scene.js';
import { TestContent } from '../../../test/support/model/test-content.js';
import { type QueueOptions } from '../entity/entity-description.js';
import { receiveDeferred } from './queue-operations.js';
import { type SessionLocks } from './session-locks.js';

const sceneWith = (options: Omit<QueueOptions, 'name'> = {}): ModelScene => {
  const scene = new ModelScene();
  scene.queue('q', { requiresSession: true, lockDurationMs: 1_000, ...options });
  return scene;
};
const locksOf = (scene: ModelScene): SessionLocks => scene.source('q').sessions!;
const ids = (messages: { content: { messageId: string } }[]): string[] =>
  messages.map(({ content }) => content.messageId);

describe('delivery inside a session', () => {
  it('is in order, even after an abandon', () => {
    const scene = sceneWith();
    const receiver = scene.session('q', 's');
    scene.send('q', ...inSession('s', 'a', 'b', 'c'));
    const [a, b] = scene.take(receiver, 2);
    scene.settle(b!, 'abandon');
    scene.settle(a!, 'abandon');
    expect(ids(scene.take(receiver, 5))).toEqual(['a', 'b', 'c']);
  });

  it('is in order for the receiver that gets the lost session', () => {
    const scene = sceneWith();
    const holder = scene.session('q', 's');
    scene.send('q', ...inSession('s', 'a', 'b', 'c', 'd', 'e'));
    const [, , c] = scene.take(holder, 3);
    scene.settle(c!, 'abandon');
    const waiting = scene.session('q', undefined, 10_000);
    scene.flow(waiting, 10);
    scene.effects();
    scene.advance(1_000);
    expect(scene.delivered()).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it("locks messages until the session's lock expires", () => {
    const scene = sceneWith();
    const receiver = scene.session('q', 's');
    scene.send('q', ...inSession('s', 'a'));
    scene.advance(600);
    const [message] = scene.take(receiver);
    expect(message?.lockedUntilMs).toBe(1_000);
    locksOf(scene).renew(scene.nowMs, 's');
    expect(message?.lockedUntilMs).toBe(1_600);
    scene.advance(1_599);
    expect(message).toMatchObject({ lockId: 1, deliveryCount: 0 });
  });

  it('does not allow renewing the lock of a single message', () => {
    const scene = sceneWith();
    const receiver = scene.session('q', 's');
    scene.send('q', ...inSession('s', 'a'));
    const [message] = scene.take(receiver);
    expect(() => scene.source('q').renewLock(scene.nowMs, message!.lockId)).toThrow(
      refusedWith('amqp:not-allowed'),
    );
  });
});

describe('the lock of a session', () => {
  it('expires: the holder is told, its deliveries count as failed, and the session can be accepted again', () => {
    const scene = sceneWith();
    const receiver = scene.session('q', 's');
    scene.send('q', ...inSession('s', 'a', 'b'));
    const [message] = scene.take(receiver);
    scene.advance(1_000);
    expect(scene.effects()).toMatchObject([
      { type: 'detach', receiver, error: { condition: 'com.microsoft:session-lock-lost' } },
    ]);
    expect(message).toMatchObject({ deliveryCount: 1, lockId: 0 });
    expect(receiver).toMatchObject({ attached: false, session: undefined });
    expect(scene.source('q').receivers.size).toBe(0);
    expect(ids(scene.take(scene.session('q', undefined), 5))).toEqual(['a', 'b']);
  });

  it('dead-letters messages whose deliveries have failed too often when it expires', () => {
    const scene = sceneWith({ maxDeliveryCount: 2 });
    scene.send('q', ...inSession('s', 'a', 'b'));
    scene.take(scene.session('q', 's'));
    scene.advance(1_000);
    scene.take(scene.session('q', 's'));
    scene.advance(2_000);
    expect(scene.stored('q/$DeadLetterQueue')).toEqual(['a']);
    expect(ids(scene.take(scene.session('q', 's'), 5))).toEqual(['b']);
  });

  it('ends with its link, and no delivery counts as failed', () => {
    const scene = sceneWith();
    const receiver = scene.session('q', 's');
    scene.send('q', ...inSession('s', 'a'));
    const [message] = scene.take(receiver);
    scene.detach(receiver);
    expect(message).toMatchObject({ deliveryCount: 0, lockId: 0 });
    expect(scene.namespace.nextDeadlineMs).toBe(Infinity);
    expect(ids(scene.take(scene.session('q', 's')))).toEqual(['a']);
  });

  it('covers messages that were received by number', () => {
    const scene = sceneWith();
    const [receiver, queue] = [scene.session('q', 's'), scene.source('q')];
    scene.send('q', ...inSession('s', 'a'));
    scene.settle(scene.take(receiver)[0]!, 'defer');
    const [message] = receiveDeferred(queue, scene.nowMs, [1], 'peek-lock', 's');
    expect(message?.lockedUntilMs).toBe(1_000);
    const lost = message!.lockId;
    scene.advance(1_000);
    expect(message).toMatchObject({ lockId: 0, state: 'deferred', deliveryCount: 2 });
    expect(() => queue.settle(scene.nowMs, lost, { type: 'complete' })).toThrow(
      refusedWith('com.microsoft:message-lock-lost'),
    );
    scene.session('q', 's');
    expect(receiveDeferred(queue, scene.nowMs, [1], 'peek-lock', 's')).toEqual([message]);
  });

  it('is required for renewal, state and deferred messages', () => {
    const scene = sceneWith();
    const lost = refusedWith('com.microsoft:session-lock-lost');
    expect(() => locksOf(scene).renew(0, 's')).toThrow(lost);
    expect(() => locksOf(scene).setState(0, 's', new Uint8Array())).toThrow(lost);
    expect(() => locksOf(scene).held('s')).toThrow(lost);
    expect(() => receiveDeferred(scene.source('q'), 0, [1], 'peek-lock', 's')).toThrow(lost);
  });
});

describe('the state of a session', () => {
  it('outlives locks and messages until it is cleared', () => {
    const scene = sceneWith();
    const first = scene.session('q', 's');
    scene.advance(5);
    locksOf(scene).setState(scene.nowMs, 's', new Uint8Array([7]));
    scene.detach(first);
    expect([...locksOf(scene).sessions.all()]).toMatchObject([{ id: 's', stateUpdatedAtMs: 5 }]);
    const second = scene.session('q', 's');
    expect(locksOf(scene).held('s').state).toEqual(new Uint8Array([7]));
    locksOf(scene).setState(scene.nowMs, 's', undefined);
    expect([...locksOf(scene).sessions.all()]).toEqual([]);
    scene.detach(second);
    expect(locksOf(scene).sessions.size).toBe(0);
  });
});

describe('an empty session', () => {
  it('is forgotten', () => {
    const scene = sceneWith();
    for (let count = 0; count < 100; count += 1) {
      const receiver = scene.session('q', `s${count}`);
      scene.send('q', ...inSession(`s${count}`, 'a'));
      scene.settle(scene.take(receiver)[0]!, 'complete');
      scene.detach(receiver);
    }
    expect(locksOf(scene).sessions.size).toBe(0);
  });

  it('is forgotten even if its last message was received without a lock', () => {
    const scene = sceneWith();
    scene.send('q', ...inSession('s', 'a'));
    const receiver = scene.receiver('q', 'receive-and-delete');
    locksOf(scene).accept(0, receiver, 's');
    expect(ids(scene.take(receiver, 5))).toEqual(['a']);
    scene.detach(receiver);
    expect(locksOf(scene).sessions.size).toBe(0);
  });
});

describe('scheduled messages of a session', () => {
  it('reach its holder at their time', () => {
    const scene = sceneWith();
    const receiver = scene.session('q', 's');
    scene.flow(receiver, 5);
    scene.send('q', new TestContent({ messageId: 'later', sessionId: 's', scheduledEnqueueTimeMs: 100 }));
    scene.effects();
    scene.advance(100);
    expect(scene.delivered()).toEqual(['later']);
  });
});
