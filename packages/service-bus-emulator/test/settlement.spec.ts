import { describe, expect, it } from '@jest/globals';

import { emulatorScene, receiveAll, receiveOne, serviceBusError } from './support/emulator-scene.js';

const QUEUES = [
  'complete',
  'abandon',
  'defer',
  'dead-letter',
  'bare-dead-letter',
  'closed',
  'closed-lost',
  'not-settled',
  'without-id',
];

describe('settlement', () => {
  const scene = emulatorScene({
    queues: [
      ...QUEUES,
      { name: 'three-tries', maxDeliveryCount: 3 },
      { name: 'in-dead-letter', maxDeliveryCount: 1 },
    ],
  });

  it('complete removes the message', async () => {
    await scene.send('complete', { body: 1 });
    const receiver = scene.receiver('complete');
    await receiver.completeMessage(await receiveOne(receiver));
    expect(await scene.peek('complete')).toEqual([]);
  });

  it('abandon returns the message to the head of the queue, with one delivery more and its changed properties', async () => {
    await scene.send(
      'abandon',
      { body: 'first', applicationProperties: { kept: 'yes', changed: 1 } },
      { body: 'second' },
    );
    const receiver = scene.receiver('abandon');
    await receiver.abandonMessage(await receiveOne(receiver), { changed: 2, added: 'text' });
    expect(await receiveOne(receiver)).toMatchObject({
      body: 'first',
      deliveryCount: 1,
      applicationProperties: { kept: 'yes', changed: 2, added: 'text' },
    });
  });

  it('defer sets the message aside, with its changed properties', async () => {
    await scene.send('defer', { body: 'aside' }, { body: 'next' });
    const receiver = scene.receiver('defer');
    const message = await receiveOne(receiver);
    await receiver.deferMessage(message, { why: 'later' });
    expect((await receiveOne(receiver)).body).toBe('next');
    const [deferred] = await receiver.receiveDeferredMessages([message.sequenceNumber!]);
    expect(deferred).toMatchObject({
      body: 'aside',
      state: 'deferred',
      deliveryCount: 1,
      applicationProperties: { why: 'later' },
    });
  });

  it('dead-letter moves the message with reason, description and properties', async () => {
    await scene.send('dead-letter', {
      body: { kept: true },
      messageId: 'poison',
      applicationProperties: { own: 1 },
    });
    const receiver = scene.receiver('dead-letter');
    const message = await receiveOne(receiver);
    await receiver.deadLetterMessage(message, {
      deadLetterReason: 'Unreadable',
      deadLetterErrorDescription: 'no such field',
      attempt: 3,
    });
    expect(await scene.peek('dead-letter')).toEqual([]);
    const dead = await receiveOne(scene.receiver('dead-letter/$DeadLetterQueue'));
    expect(dead).toMatchObject({
      body: { kept: true },
      messageId: 'poison',
      deadLetterReason: 'Unreadable',
      deadLetterErrorDescription: 'no such field',
      applicationProperties: { own: 1, attempt: 3 },
    });
    expect(dead.deadLetterSource).toBeUndefined();
    expect(dead.sequenceNumber!.toNumber()).toBe(message.sequenceNumber!.toNumber());
  });

  it('dead-letter needs no reason', async () => {
    await scene.send('bare-dead-letter', { body: 1 });
    const receiver = scene.receiver('bare-dead-letter');
    await receiver.deadLetterMessage(await receiveOne(receiver));
    const dead = await receiveOne(scene.receiver('bare-dead-letter/$DeadLetterQueue'));
    expect(dead.deadLetterReason).toBeUndefined();
  });

  it('moves a message to the dead-letter queue when it was delivered often enough', async () => {
    await scene.send('three-tries', { body: 'poison' });
    const receiver = scene.receiver('three-tries');
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const message = await receiveOne(receiver);
      expect(message.deliveryCount).toBe(attempt);
      await receiver.abandonMessage(message);
    }
    expect(await scene.peek('three-tries')).toEqual([]);
    expect(await receiveOne(scene.receiver('three-tries/$DeadLetterQueue'))).toMatchObject({
      body: 'poison',
      deadLetterReason: 'MaxDeliveryCountExceeded',
      deadLetterErrorDescription: 'Message could not be consumed after 3 delivery attempts.',
    });
  });

  it('keeps a message in the dead-letter queue however often it is abandoned there', async () => {
    await scene.send('in-dead-letter', { body: 1 });
    const receiver = scene.receiver('in-dead-letter');
    await receiver.abandonMessage(await receiveOne(receiver));
    const deadLetters = scene.receiver('in-dead-letter/$DeadLetterQueue');
    const { deliveryCount } = await receiveOne(deadLetters).then(async (message) => {
      await deadLetters.abandonMessage(message);
      return message;
    });
    const again = await receiveOne(deadLetters);
    expect(again.deliveryCount).toBe(deliveryCount);
    await expect(deadLetters.deadLetterMessage(again)).rejects.toMatchObject(serviceBusError('GeneralError'));
    expect(await scene.peek('in-dead-letter/$DeadLetterQueue')).toMatchObject([{ state: 'active' }]);
  });

  it('settles in all four ways after the receiver has been closed', async () => {
    await scene.send('closed', ...['complete', 'abandon', 'defer', 'dead-letter'].map((body) => ({ body })));
    const receiver = scene.receiver('closed');
    const [complete, abandon, defer, deadLetter] = await receiveAll(receiver, 4);
    await receiver.close();
    const other = scene.receiver('closed');
    await other.completeMessage(complete!);
    await other.abandonMessage(abandon!, { note: 'abandoned' });
    await other.deferMessage(defer!);
    await other.deadLetterMessage(deadLetter!, {
      deadLetterReason: 'late',
      deadLetterErrorDescription: 'closed',
    });

    const left = scene.entity('closed').messages();
    expect(left.map(({ state, deliveryCount }) => ({ state, deliveryCount }))).toEqual([
      { state: 'active', deliveryCount: 1 },
      { state: 'deferred', deliveryCount: 1 },
    ]);
    expect(left[0]!.applicationProperty('note')).toBe('abandoned');
    expect(await receiveOne(scene.receiver('closed/$DeadLetterQueue'))).toMatchObject({
      body: 'dead-letter',
      deadLetterReason: 'late',
      deadLetterErrorDescription: 'closed',
    });
  });

  it('refuses to settle after the receiver has been closed and the lock is lost', async () => {
    await scene.send('closed-lost', { body: 1 });
    const receiver = scene.receiver('closed-lost');
    const message = await receiveOne(receiver);
    await receiver.close();
    scene.clock.advance(60_000);
    await expect(scene.receiver('closed-lost').completeMessage(message)).rejects.toMatchObject(
      serviceBusError('MessageLockLost'),
    );
    expect(await scene.peek('closed-lost')).toHaveLength(1);
  });

  it('leaves a message that nobody settles locked', async () => {
    await scene.send('not-settled', { body: 1 });
    const receiver = scene.receiver('not-settled');
    await receiveOne(receiver);
    await receiver.close();
    expect(scene.entity('not-settled')).toMatchObject({ lockedCount: 1, counts: { active: 1 } });
  });

  it('gives an id to a message that was sent without one, so that it can be renewed and settled', async () => {
    await scene.send('without-id', { body: 1 });
    const receiver = scene.receiver('without-id', { maxAutoLockRenewalDurationInMs: 300_000 });
    const message = await receiveOne(receiver);
    expect(message.messageId).toEqual(expect.stringMatching(/.+/));
    await receiver.completeMessage(message);
    await receiver.close();
  });
});
