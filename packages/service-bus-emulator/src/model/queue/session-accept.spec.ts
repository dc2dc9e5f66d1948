import { describe, expect, it } from '@jest/globals';

import { inSession, ModelScene, refusedWith } from '../../../test/support/model/model-scene.js';
import { TestContent } from '../../../test/support/model/test-content.js';
import { type QueueOptions } from '../entity/entity-description.js';
import { type SessionLocks } from './session-locks.js';

const sceneWith = (options: Omit<QueueOptions, 'name'> = {}): ModelScene => {
  const scene = new ModelScene();
  scene.queue('q', { requiresSession: true, lockDurationMs: 1_000, ...options });
  return scene;
};
const locksOf = (scene: ModelScene): SessionLocks => scene.source('q').sessions!;
const ids = (messages: { content: { messageId: string } }[]): string[] =>
  messages.map(({ content }) => content.messageId);

describe('accepting a session by its id', () => {
  it('grants it, even before it has messages', () => {
    const scene = sceneWith();
    const receiver = scene.session('q', 's');
    expect(scene.effects()).toMatchObject([
      { type: 'session-granted', receiver, session: { id: 's', lockedUntilMs: 1_000 } },
    ]);
    scene.send('q', ...inSession('s', 'a'), ...inSession('other', 'b'));
    expect(ids(scene.take(receiver, 5))).toEqual(['a']);
  });

  it('refuses a session that another receiver holds, and forgets the receiver that asked', () => {
    const scene = sceneWith();
    scene.session('q', 's');
    expect(() => scene.session('q', 's')).toThrow(refusedWith('com.microsoft:session-cannot-be-locked'));
    expect(scene.source('q').receivers.size).toBe(1);
  });

  it('accepts any string as an id, with regard to case', () => {
    const scene = sceneWith();
    for (const id of ['__proto__', 'constructor', 's', 'S']) {
      scene.send('q', ...inSession(id, `in ${id}`));
      expect(ids(scene.take(scene.session('q', id), 5))).toEqual([`in ${id}`]);
    }
  });
});

describe('accepting the next session', () => {
  it('grants the free session with the oldest message', () => {
    const scene = sceneWith();
    scene.send('q', ...inSession('a', 'a1'), ...inSession('b', 'b1'), ...inSession('c', 'c1'));
    scene.session('q', 'a');
    expect(scene.session('q', undefined).session?.id).toBe('b');
    expect(scene.session('q', undefined).session?.id).toBe('c');
    expect(scene.session('q', undefined).session).toBeUndefined();
  });

  it('goes by the message that is the oldest at that time', () => {
    const scene = sceneWith();
    const brief = new TestContent({ messageId: 'a1', sessionId: 'a', timeToLiveMs: 10 });
    scene.send('q', brief, ...inSession('b', 'b1'), ...inSession('a', 'a2'));
    scene.advance(10);
    expect(scene.session('q', undefined).session?.id).toBe('b');
  });

  it('skips sessions whose messages have all expired, until a new one arrives', () => {
    const scene = sceneWith();
    scene.send('q', new TestContent({ messageId: 'a1', sessionId: 'a', timeToLiveMs: 10 }));
    scene.advance(10);
    const receiver = scene.session('q', undefined);
    expect(receiver.session).toBeUndefined();
    expect(locksOf(scene).sessions.size).toBe(0);
    scene.send('q', ...inSession('a', 'a2'));
    expect(receiver.session?.id).toBe('a');
  });

  it('skips sessions whose messages have expired or are deferred', () => {
    const scene = sceneWith();
    const holder = scene.session('q', 'a');
    const brief = new TestContent({ messageId: 'a2', sessionId: 'a', timeToLiveMs: 10 });
    scene.send('q', ...inSession('a', 'a1'), brief);
    scene.settle(scene.take(holder)[0]!, 'defer');
    scene.detach(holder);
    scene.advance(10);
    expect(scene.stored('q')).toEqual(['a1']);
    expect(scene.session('q', undefined).session).toBeUndefined();
  });

  it('skips sessions whose messages are all deferred', () => {
    const scene = sceneWith();
    scene.send('q', ...inSession('a', 'a1'));
    const holder = scene.session('q', 'a');
    scene.settle(scene.take(holder)[0]!, 'defer');
    scene.detach(holder);
    expect(scene.session('q', undefined).session).toBeUndefined();
  });

  it('waits; the receiver that has waited longest comes first', () => {
    const scene = sceneWith();
    const [first, second] = [scene.session('q', undefined, 500), scene.session('q', undefined, 500)];
    scene.send('q', ...inSession('a', 'a1'));
    expect([first.session?.id, second.session?.id]).toEqual(['a', undefined]);
    scene.detach(first);
    expect(second.session?.id).toBe('a');
  });

  it('delivers to a receiver that was given credit while it waited', () => {
    const scene = sceneWith();
    const receiver = scene.session('q', undefined, 500);
    scene.flow(receiver, 2);
    scene.send('q', ...inSession('a', 'a1', 'a2', 'a3'));
    expect(scene.effects().map(({ type }) => type)).toEqual(['session-granted', 'deliver', 'deliver']);
  });

  it('waits no longer than its timeout', () => {
    const scene = sceneWith();
    const receiver = scene.session('q', undefined, 500);
    scene.advance(500);
    expect(scene.effects()).toMatchObject([
      { type: 'detach', receiver, error: { condition: 'com.microsoft:timeout' } },
    ]);
    expect(scene.source('q').receivers.size).toBe(0);
    scene.send('q', ...inSession('a', 'a1'));
    expect(scene.effects()).toEqual([]);
  });

  it('gets a session that becomes available at the moment of the timeout', () => {
    const scene = sceneWith({ lockDurationMs: 500 });
    scene.send('q', ...inSession('a', 'a1'));
    scene.session('q', 'a');
    const receiver = scene.session('q', undefined, 500);
    scene.advance(500);
    expect(receiver.session?.id).toBe('a');
  });

  it('forgets receivers that stopped waiting', () => {
    const scene = sceneWith();
    for (let count = 0; count < 100; count += 1) scene.detach(scene.session('q', undefined, 500));
    expect(scene.source('q').receivers.hasWaiting).toBe(false);
    expect(scene.namespace.nextDeadlineMs).toBe(Infinity);
    scene.send('q', ...inSession('a', 'a1'));
    expect(scene.session('q', undefined).session?.id).toBe('a');
  });
});
