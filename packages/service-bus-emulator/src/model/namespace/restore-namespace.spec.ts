import { describe, expect, it } from '@jest/globals';

import { inSession, ModelScene } from '../../../test/support/model/model-scene.js';
import { RecordingJournal } from '../../../test/support/model/recording-journal.js';
import { snapshotOf } from '../../../test/support/model/snapshot-of.js';
import { TestContent } from '../../../test/support/model/test-content.js';
import { cancelScheduled, deleteMessages, receiveDeferred } from '../queue/queue-operations.js';
import { restoreNamespace } from './restore-namespace.js';

interface Durable {
  scene: ModelScene;
  journal: RecordingJournal;
}

const start = (): Durable => {
  const journal = new RecordingJournal();
  return { journal, scene: new ModelScene({ journal }) };
};
/** A broker that was killed, and started again at the same time or later. */
const restart = ({ journal, scene }: Durable, nowMs = scene.nowMs): ModelScene => {
  const next = new ModelScene({ journal });
  next.nowMs = nowMs;
  restoreNamespace(next.namespace, nowMs, journal.records());
  return next;
};
const expectKept = (durable: Durable): ModelScene => {
  const next = restart(durable);
  expect(snapshotOf(next.namespace)).toEqual(snapshotOf(durable.scene.namespace));
  expect(next.effects()).toEqual([]);
  return next;
};

describe('a restart keeps', () => {
  it('entities of all kinds, as they were changed, with their rules', () => {
    const durable = start();
    const { scene } = durable;
    const queue = scene.queue('Orders', { lockDurationMs: 5_000, autoDeleteOnIdleMs: Infinity });
    scene.queue('gone');
    scene.namespace.createTopic(0, { name: 'Events', userMetadata: 'ours' });
    const subscription = scene.namespace.createSubscription(0, { topicName: 'events', name: 'Audit' });
    scene.namespace.createSubscription(0, { topicName: 'events', name: 'gone' });
    scene.advance(10);
    queue.update(10, { ...queue.description, maxDeliveryCount: 3 });
    subscription.removeRule('$Default');
    const parameters = new Map([['@colour', 'red']]);
    subscription.addRule(10, {
      name: 'red',
      filter: { kind: 'sql', expression: 'colour = @colour', parameters },
    });
    subscription.addRule(10, { name: 'gone', filter: { kind: 'false' } });
    subscription.replaceRule(10, { name: 'gone', filter: { kind: 'true' } });
    subscription.removeRule('gone');
    subscription.update(10, { ...subscription.description, maxDeliveryCount: 7 });
    const topic = scene.namespace.topic('events');
    topic.update(10, { ...topic.description, userMetadata: 'theirs' });
    scene.namespace.deleteSubscription('events', 'gone');
    scene.namespace.deleteEntity(10, 'gone');

    const next = expectKept(durable);
    next.send('events', new TestContent({ messageId: 'm1', application: { colour: 'red' } }), 'm2');
    expect(next.stored('events/subscriptions/audit')).toEqual(['m1']);
  });

  it('nothing of a deleted entity for another of its name', () => {
    const durable = start();
    const { scene } = durable;
    scene.namespace.createTopic(0, { name: 't', requiresDuplicateDetection: true });
    scene.namespace.createSubscription(0, { topicName: 't', name: 's' });
    scene.send('t', 'a', new TestContent({ messageId: 'later', scheduledEnqueueTimeMs: 10 }));
    scene.settle(scene.take(scene.receiver('t/Subscriptions/s'))[0]!, 'dead-letter');
    scene.namespace.deleteEntity(0, 't');
    scene.namespace.createTopic(0, { name: 't' });
    scene.namespace.createSubscription(0, { topicName: 't', name: 's' });
    const next = expectKept(durable);
    expect(next.send('t', 'a')).toEqual([1]);
    expect(next.stored('t/Subscriptions/s')).toEqual(['a']);
  });

  it('messages in every state, with their numbers, times and counts', () => {
    const durable = start();
    const { scene } = durable;
    scene.queue('q', { lockDurationMs: 1_000, maxDeliveryCount: 3 });
    scene.advance(7);
    const brief = new TestContent({ messageId: 'brief', timeToLiveMs: 5_000 });
    scene.send('q', 'completed', 'abandoned', 'deferred', 'dead', 'locked', brief, 'last');
    scene.send(
      'q',
      ...['s1', 's2'].map((messageId) => new TestContent({ messageId, scheduledEnqueueTimeMs: 99 })),
    );
    const receiver = scene.receiver('q');
    const [completed, abandoned, deferred, dead] = scene.take(receiver, 5);
    scene.settle(completed!, 'complete');
    scene.settle(abandoned!, 'abandon', { changes: { application: new Map([['tries', 1]]) } });
    scene.settle(deferred!, 'defer');
    scene.settle(dead!, 'dead-letter', { reason: 'Why' });
    cancelScheduled(scene.source('q'), [9]);
    deleteMessages(scene.source('q'), 1, 7);
    scene.advance(1_007);

    const next = expectKept(durable);
    expect(next.source('q').locks.size).toBe(0);
    expect(next.stored('q/$DeadLetterQueue')).toEqual(['dead']);
    const ids = next
      .take(next.receiver('q'), 10)
      .map(({ content, deliveryCount }) => [content.messageId, deliveryCount]);
    expect(ids).toEqual([
      ['locked', 1],
      ['brief', 0],
      ['last', 0],
      ['s1', 0],
    ]);
    expect(receiveDeferred(next.source('q'), 1_007, [3], 'peek-lock')).toHaveLength(1);
    expect(next.send('q', 'new')).toEqual([11]);
    next.advance(10_000);
    expect(next.stored('q')).not.toContain('brief');
  });

  it('locked messages, for others to receive, uncounted', () => {
    const durable = start();
    durable.scene.queue('q');
    durable.scene.send('q', 'a');
    durable.scene.take(durable.scene.receiver('q'));
    const next = expectKept(durable);
    expect(next.take(next.receiver('q'))[0]).toMatchObject({ deliveryCount: 0 });
  });

  it('sequence numbers, even of messages that are gone', () => {
    const durable = start();
    const { scene } = durable;
    scene.queue('q', { requiresDuplicateDetection: true });
    scene.queue('source', { forwardTo: 'q' });
    scene.namespace.createTopic(0, { name: 't' });
    scene.send('q', 'a', 'a', 'b');
    scene.send('source', 'c');
    scene.send('t', 'd');
    for (const message of scene.take(scene.receiver('q'), 9)) scene.settle(message, 'complete');
    const next = expectKept(durable);
    expect([next.send('q', 'x'), next.send('source', 'y'), next.send('t', 'z')]).toEqual([[5], [2], [2]]);
  });

  it('the duplicate detection history, for as long as before', () => {
    const durable = start();
    const { scene } = durable;
    scene.queue('q', { requiresDuplicateDetection: true, duplicateDetectionHistoryTimeWindowMs: 100 });
    scene.send('q', 'a');
    scene.advance(60);
    scene.send('q', 'b');
    scene.advance(120);
    scene.send('q', 'c');
    const next = expectKept(durable);
    next.send('q', 'a', 'b', 'c');
    expect(next.stored('q')).toEqual(['a', 'b', 'c', 'a']);
    next.advance(160);
    next.send('q', 'b');
    expect(next.stored('q')).toEqual(['a', 'b', 'c', 'a', 'b']);
  });

  it('sessions: their messages in order, and their state', () => {
    const durable = start();
    const { scene } = durable;
    scene.queue('q', { requiresSession: true });
    scene.send('q', ...inSession('a', 'a1', 'a2'), ...inSession('b', 'b1'));
    const receiver = scene.session('q', 'a');
    const { sessions } = scene.source('q');
    sessions?.setState(3, 'a', new Uint8Array([1, 2]));
    scene.session('q', 'cleared');
    sessions?.setState(3, 'cleared', new Uint8Array([1]));
    sessions?.setState(3, 'cleared', undefined);
    const [a1] = scene.take(receiver, 2);
    scene.settle(a1!, 'defer');
    const next = expectKept(durable);
    const again = next.session('q', undefined);
    expect(again.session).toMatchObject({ id: 'a', state: new Uint8Array([1, 2]), stateUpdatedAtMs: 3 });
    expect(next.take(again, 5).map(({ content }) => content.messageId)).toEqual(['a2']);
    expect(receiveDeferred(next.source('q'), 0, [1], 'peek-lock', 'a')).toHaveLength(1);
  });

  it('what topics scheduled', () => {
    const durable = start();
    const { scene } = durable;
    scene.namespace.createTopic(0, { name: 't' });
    scene.namespace.createSubscription(0, { topicName: 't', name: 's' });
    scene.send('t', new TestContent({ messageId: 'later', scheduledEnqueueTimeMs: 100 }));
    const next = expectKept(durable);
    next.advance(100);
    expect(next.stored('t/Subscriptions/s')).toEqual(['later']);
  });
});
