import { describe, expect, it } from '@jest/globals';

import { ModelScene, refusedWith } from '../../../test/support/model/model-scene.js';
import { BrokenContent } from '../../../test/support/model/test-content.js';
import { type QueueOptions } from '../entity/entity-description.js';
import { receiveDeferred } from './queue-operations.js';

const sceneWith = (options: Omit<QueueOptions, 'name'> = {}): ModelScene => {
  const scene = new ModelScene();
  scene.queue('q', { maxDeliveryCount: 3, lockDurationMs: 1_000, ...options });
  scene.send('q', 'a', 'b');
  return scene;
};
const reasonOf = (scene: ModelScene, address = 'q/$DeadLetterQueue'): unknown[] =>
  scene
    .messages(address)
    .map(({ content }) => [
      content.messageId,
      content.applicationProperty('DeadLetterReason'),
      content.applicationProperty('DeadLetterErrorDescription'),
    ]);
const colour = { changes: { application: new Map([['colour', 'red']]) } };

describe('settlement', () => {
  it('by complete removes a message', () => {
    const scene = sceneWith();
    scene.settle(scene.take(scene.receiver('q'))[0]!, 'complete');
    expect(scene.stored('q')).toEqual(['b']);
    expect(scene.source('q').locks.size).toBe(0);
    expect(scene.namespace.nextDeadlineMs).toBe(Infinity);
  });

  it('by abandon returns a message to its place, counted and changed', () => {
    const scene = sceneWith();
    const receiver = scene.receiver('q');
    scene.settle(scene.take(receiver)[0]!, 'abandon', colour);
    const [again] = scene.take(receiver);
    expect(again).toMatchObject({ deliveryCount: 1, sequenceNumber: 1 });
    expect(again?.content.applicationProperty('colour')).toBe('red');
    expect(scene.source('q').store.sizeBytes).toBe(201);
  });

  it('by defer sets a message aside, counted and changed', () => {
    const scene = sceneWith();
    const receiver = scene.receiver('q');
    const [message] = scene.take(receiver);
    scene.settle(message!, 'defer', colour);
    expect(message).toMatchObject({ state: 'deferred', deliveryCount: 1, lockId: 0 });
    expect(message?.content.applicationProperty('colour')).toBe('red');
    expect(scene.source('q').store.counts).toEqual({ active: 1, deferred: 1, scheduled: 0 });
    expect(scene.take(receiver, 5).map(({ content }) => content.messageId)).toEqual(['b']);
  });

  it('by abandon leaves a deferred message deferred', () => {
    const scene = sceneWith();
    scene.settle(scene.take(scene.receiver('q'))[0]!, 'defer');
    const queue = scene.source('q');
    const [message] = receiveDeferred(queue, scene.nowMs, [1], 'peek-lock');
    scene.settle(message!, 'abandon', {}, queue);
    expect(message).toMatchObject({ state: 'deferred', deliveryCount: 2, lockId: 0 });
    expect(receiveDeferred(queue, scene.nowMs, [1], 'peek-lock')).toEqual([message]);
    scene.advance(1_000);
    expect(message).toMatchObject({ state: 'deferred', deliveryCount: 3, lockId: 0 });
  });

  it('by dead-letter moves a message with reason, description and changes', () => {
    const scene = sceneWith();
    scene.advance(5);
    const [message] = scene.take(scene.receiver('q'));
    scene.settle(message!, 'dead-letter', { reason: 'Why', description: 'Because', ...colour });
    expect(scene.stored('q')).toEqual(['b']);
    expect(reasonOf(scene)).toEqual([['a', 'Why', 'Because']]);
    expect(scene.messages('q/$DeadLetterQueue')[0]).toMatchObject({ sequenceNumber: 1, enqueuedTimeMs: 0 });
    expect(scene.messages('q/$DeadLetterQueue')[0]?.content.applicationProperty('colour')).toBe('red');
  });

  it('by dead-letter without a reason leaves the message unchanged', () => {
    const scene = sceneWith();
    const [message] = scene.take(scene.receiver('q'));
    const { content } = message!;
    scene.settle(message!, 'dead-letter');
    expect(scene.messages('q/$DeadLetterQueue')[0]?.content).toBe(content);
  });

  it('dead-letters a message after the maximum number of failed deliveries', () => {
    const scene = sceneWith();
    const receiver = scene.receiver('q');
    scene.settle(scene.take(receiver)[0]!, 'abandon');
    scene.take(receiver);
    scene.advance(1_000);
    expect(scene.stored('q/$DeadLetterQueue')).toEqual([]);
    scene.settle(scene.take(receiver)[0]!, 'abandon');
    expect(reasonOf(scene)).toEqual([
      ['a', 'MaxDeliveryCountExceeded', 'Message could not be consumed after 3 delivery attempts.'],
    ]);
    expect(scene.messages('q/$DeadLetterQueue')[0]?.deliveryCount).toBe(3);
    expect(scene.stored('q')).toEqual(['b']);
  });

  it('in a dead-letter queue neither counts nor dead-letters again', () => {
    const scene = sceneWith();
    scene.settle(scene.take(scene.receiver('q'))[0]!, 'dead-letter');
    const receiver = scene.receiver('q/$DeadLetterQueue');
    for (let attempt = 0; attempt < 20; attempt += 1) scene.settle(scene.take(receiver)[0]!, 'abandon');
    const [message] = scene.take(receiver);
    expect(message?.deliveryCount).toBe(0);
    expect(() => scene.settle(message!, 'dead-letter')).toThrow(refusedWith('amqp:not-allowed'));
    scene.settle(message!, 'complete');
    expect(scene.stored('q/$DeadLetterQueue')).toEqual([]);
  });

  it('stores dead letters under their former numbers, in whatever order they arrive', () => {
    const scene = sceneWith();
    const messages = scene.take(scene.receiver('q'), 2);
    for (const message of messages.reverse()) scene.settle(message, 'dead-letter');
    expect(scene.messages('q/$DeadLetterQueue').map(({ sequenceNumber }) => sequenceNumber)).toEqual([1, 2]);
    const again = scene.take(scene.receiver('q/$DeadLetterQueue'), 2);
    expect(again.map(({ content }) => content.messageId)).toEqual(['a', 'b']);
  });

  it.each(['abandon', 'defer', 'dead-letter'] as const)(
    'by %s with changes that cannot be made leaves the message as it was',
    (outcome) => {
      const scene = new ModelScene();
      scene.queue('q', { lockDurationMs: 1_000 });
      scene.send('q', new BrokenContent({ messageId: 'broken' }));
      const [message] = scene.take(scene.receiver('q'));
      expect(() => scene.settle(message!, outcome, colour)).toThrow('cannot be written');
      expect(message).toMatchObject({ state: 'active', deliveryCount: 0, lockId: 1 });
      scene.settle(message!, 'complete');
      expect(scene.stored('q')).toEqual([]);
    },
  );

  it('never loses a message because its reason cannot be written', () => {
    const scene = new ModelScene();
    scene.queue('q', { maxDeliveryCount: 1 });
    scene.send('q', new BrokenContent({ messageId: 'broken' }));
    scene.settle(scene.take(scene.receiver('q'))[0]!, 'abandon');
    expect(scene.stored('q/$DeadLetterQueue')).toEqual(['broken']);
  });
});
