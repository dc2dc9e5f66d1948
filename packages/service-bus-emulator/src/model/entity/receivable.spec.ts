import { describe, expect, it } from '@jest/globals';

import { ModelScene, refusedWith } from '../../../test/support/model/model-scene.js';
import { TestContent } from '../../../test/support/model/test-content.js';

const reasons = (scene: ModelScene, address: string): unknown[] =>
  scene.messages(address).map(({ content }) => content.applicationProperty('DeadLetterReason'));
const deadLetters = (name: string): string => `${name}/$DeadLetterQueue`;
const transferDeadLetters = (name: string): string => `${name}/$Transfer/$DeadLetterQueue`;

/** Each forwards to the next; the last keeps what comes. */
const chainOf = (...names: string[]): ModelScene => {
  const scene = new ModelScene();
  names.forEach((name, index) => scene.queue(name, { forwardTo: names[index + 1] }));
  return scene;
};

describe('forwarding', () => {
  it('forwards messages with the number that they were first given', () => {
    const scene = chainOf('a', 'b');
    scene.send('b', 'direct');
    expect(scene.send('a', 'forwarded')).toEqual([1]);
    expect(scene.stored('a')).toEqual([]);
    expect(scene.messages('b').at(-1)).toMatchObject({
      sequenceNumber: 2,
      enqueuedSequenceNumber: 1,
      hops: 1,
    });
  });

  it('goes over four hops and no further', () => {
    const scene = chainOf('a', 'b', 'c', 'd', 'e', 'f');
    scene.send('a', 'far');
    expect(scene.stored('f')).toEqual([]);
    expect(reasons(scene, transferDeadLetters('e'))).toEqual(['MaxTransferHopCountExceeded']);
    expect(scene.messages(transferDeadLetters('e'))[0]).toMatchObject({
      sequenceNumber: 1,
      enqueuedSequenceNumber: 1,
    });
    scene.send('b', 'near');
    expect(scene.stored('f')).toEqual(['near']);
  });

  it('ends even in a circle', () => {
    const scene = chainOf('a', 'b', 'a2');
    const entity = scene.namespace.target('a2');
    if (entity.kind === 'queue') entity.update(0, { ...entity.description, forwardTo: 'a' });
    scene.send('a', 'round');
    expect(scene.namespace.storedBytes).toBeGreaterThan(0);
    expect(['a', 'b', 'a2'].flatMap((name) => scene.stored(transferDeadLetters(name)))).toEqual(['round']);
  });

  it.each([
    ['that does not exist', 'nowhere', 'amqp:not-found'],
    ['that is full', 'full', 'amqp:resource-limit-exceeded'],
    ['that is disabled', 'disabled', 'com.microsoft:entity-disabled'],
    ['that needs a session id', 'sessions', 'amqp:not-allowed'],
  ])('to an entity %s ends in the transfer dead-letter queue', (_, target, reason) => {
    const scene = new ModelScene();
    scene.queue('full', { maxSizeInMegabytes: 1 });
    scene.send('full', ...Array.from({ length: 4 }, () => new TestContent({ size: 256 * 1024 })));
    scene.queue('disabled', { status: 'SendDisabled' });
    scene.queue('sessions', { requiresSession: true });
    scene.queue('source', { forwardTo: target });
    scene.send('source', 'a');
    expect(scene.stored('source')).toEqual([]);
    expect(reasons(scene, transferDeadLetters('source'))).toEqual([reason]);
  });

  it('also applies to a scheduled message when it becomes active', () => {
    const scene = chainOf('a', 'b');
    scene.send('a', new TestContent({ messageId: 'later', scheduledEnqueueTimeMs: 100 }));
    expect(scene.stored('a')).toEqual(['later']);
    scene.advance(100);
    expect([scene.stored('a'), scene.stored('b')]).toEqual([[], ['later']]);
  });

  it('accepts a whole URL as its target, in any case', () => {
    const scene = new ModelScene();
    scene.queue('Target');
    scene.queue('source', { forwardTo: 'sb://host/TARGET' });
    scene.send('source', 'a');
    expect(scene.stored('target')).toEqual(['a']);
  });

  it('applies to waiting and returning messages, too, when it is turned on', () => {
    const scene = chainOf('a');
    scene.queue('b');
    scene.send('a', 'locked', 'waiting', 'deferred');
    const receiver = scene.receiver('a');
    const [locked, , deferred] = scene.take(receiver, 3);
    scene.settle(deferred!, 'defer');
    scene.advance(1);
    scene.settle(scene.messages('a')[1]!, 'abandon');
    const entity = scene.namespace.target('a');
    if (entity.kind === 'queue') entity.update(scene.nowMs, { ...entity.description, forwardTo: 'b' });
    expect(scene.effects().at(-1)).toMatchObject({
      type: 'detach',
      error: { condition: 'amqp:not-allowed' },
    });
    expect(scene.stored('b')).toEqual(['waiting']);
    scene.source('a').settle(scene.nowMs, locked!.lockId, { type: 'abandon' });
    expect(scene.stored('b')).toEqual(['waiting', 'locked']);
    expect(scene.stored('a')).toEqual(['deferred']);
    expect(() => scene.receiver('a')).toThrow(refusedWith('amqp:not-allowed'));
  });
});

describe('forwarding of dead letters', () => {
  const sceneWith = (): ModelScene => {
    const scene = new ModelScene();
    scene.queue('errors', { maxSizeInMegabytes: 1 });
    scene.queue('q', { forwardDeadLetteredMessagesTo: 'errors' });
    return scene;
  };

  it('sends them to another entity and tells where they are from', () => {
    const scene = sceneWith();
    scene.send('errors', 'other');
    scene.send('q', 'a');
    scene.settle(scene.take(scene.receiver('q'))[0]!, 'dead-letter', { reason: 'Why' });
    expect(scene.stored(deadLetters('q'))).toEqual([]);
    const [, forwarded] = scene.messages('errors');
    expect(forwarded).toMatchObject({
      sequenceNumber: 2,
      enqueuedSequenceNumber: 1,
      deadLetterSource: 'q',
      deliveryCount: 0,
    });
    expect(reasons(scene, 'errors')).toEqual([null, 'Why']);
  });

  it('keeps where they are from when they are dead-lettered there', () => {
    const scene = sceneWith();
    scene.send('q', 'a');
    scene.settle(scene.take(scene.receiver('q'))[0]!, 'dead-letter');
    scene.settle(scene.take(scene.receiver('errors'))[0]!, 'dead-letter');
    expect(scene.messages(deadLetters('errors'))[0]?.deadLetterSource).toBe('q');
  });

  it('leaves them in the dead-letter queue if the target refuses them', () => {
    const scene = sceneWith();
    scene.send('errors', ...Array.from({ length: 4 }, () => new TestContent({ size: 256 * 1024 })));
    scene.send('q', 'a');
    scene.settle(scene.take(scene.receiver('q'))[0]!, 'dead-letter', { reason: 'Why' });
    expect(reasons(scene, deadLetters('q'))).toEqual(['Why']);
    expect(scene.messages(deadLetters('q'))[0]).toMatchObject({ sequenceNumber: 1, hops: 0 });
  });

  it('to themselves ends after four hops', () => {
    const scene = new ModelScene();
    scene.queue('q', { forwardDeadLetteredMessagesTo: 'q' });
    scene.send('q', 'a');
    const receiver = scene.receiver('q');
    for (let hop = 0; hop < 5; hop += 1) scene.settle(scene.take(receiver)[0]!, 'dead-letter');
    expect([scene.stored('q'), scene.stored(deadLetters('q'))]).toEqual([[], ['a']]);
  });
});
