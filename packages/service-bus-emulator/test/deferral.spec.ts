import { describe, expect, it } from '@jest/globals';
import { type ServiceBusReceivedMessage, type ServiceBusReceiver } from '@azure/service-bus';
import Long from 'long';

import { emulatorScene, receiveAll, receiveOne, serviceBusError } from './support/emulator-scene.js';

describe('deferred messages', () => {
  const scene = emulatorScene({
    queues: [
      'aside',
      'abandoned',
      'dead',
      'again',
      'missing',
      'all-or-none',
      'locked',
      'expiring',
      'deleted',
      'renewed',
      'counted',
      'plain',
      { name: 'sessions', requiresSession: true },
      { name: 'short-lived', defaultMessageTimeToLiveMs: 10_000, deadLetteringOnMessageExpiration: true },
    ],
  });

  async function defer(queue: string, count = 1): Promise<ServiceBusReceivedMessage[]> {
    await scene.send(queue, ...Array.from({ length: count }, (_, index) => ({ body: index })));
    const receiver = scene.receiver(queue);
    const messages = await receiveAll(receiver, count);
    for (const message of messages) await receiver.deferMessage(message);
    await receiver.close();
    return messages;
  }
  const numbersOf = (messages: ServiceBusReceivedMessage[]) =>
    messages.map(({ sequenceNumber }) => sequenceNumber!);

  it('are received only by their numbers, and completed', async () => {
    const deferred = await defer('aside', 3);
    const receiver = scene.receiver('aside');
    expect(await receiver.receiveMessages(1, { maxWaitTimeInMs: 50 })).toEqual([]);
    const messages = await receiver.receiveDeferredMessages(numbersOf([deferred[2]!, deferred[0]!]));
    expect(messages.map(({ body }) => body as number)).toEqual([2, 0]);
    expect(messages.every(({ lockToken }) => typeof lockToken === 'string')).toBe(true);
    await Promise.all(messages.map((message) => receiver.completeMessage(message)));
    expect(await scene.peek('aside')).toMatchObject([{ state: 'deferred' }]);
  });

  it('stay deferred when they are abandoned, with one delivery more', async () => {
    const numbers = numbersOf(await defer('abandoned'));
    const receiver = scene.receiver('abandoned');
    const [message] = await receiver.receiveDeferredMessages(numbers);
    await receiver.abandonMessage(message!, { note: 'x' });
    expect(await scene.peek('abandoned')).toMatchObject([{ state: 'deferred' }]);
    const [again] = await receiver.receiveDeferredMessages(numbers);
    expect(again).toMatchObject({
      deliveryCount: 2,
      state: 'deferred',
      applicationProperties: { note: 'x' },
    });
  });

  it('count each deferral as a delivery, but not in a dead-letter queue', async () => {
    const numbers = numbersOf(await defer('counted'));
    const receiver = scene.receiver('counted');
    const [once] = await receiver.receiveDeferredMessages(numbers);
    expect(once!.deliveryCount).toBe(1);
    await receiver.deferMessage(once!);
    const [twice] = await receiver.receiveDeferredMessages(numbers);
    expect(twice!.deliveryCount).toBe(2);
    await receiver.deadLetterMessage(twice!);

    const dead = scene.receiver('counted/$DeadLetterQueue');
    const letter = await receiveOne(dead);
    expect(letter.deliveryCount).toBe(2);
    await dead.deferMessage(letter);
    const [again] = await dead.receiveDeferredMessages(letter.sequenceNumber!);
    expect(again!.deliveryCount).toBe(2);
  });

  it('with a session id are settled where there are no sessions, and in every dead-letter queue', async () => {
    const settle = async (receiver: ServiceBusReceiver) => {
      const message = await receiveOne(receiver);
      await receiver.deferMessage(message);
      const [deferred] = await receiver.receiveDeferredMessages(message.sequenceNumber!);
      await receiver.completeMessage(deferred!);
    };
    await scene.send('plain', { body: 1, sessionId: 's' });
    await settle(scene.receiver('plain'));
    await scene.send('sessions', { body: 1, sessionId: 's' });
    const session = await scene.client.acceptSession('sessions', 's');
    await session.deadLetterMessage(await receiveOne(session));
    await session.close();
    await settle(scene.receiver('sessions/$DeadLetterQueue'));
    for (const queue of ['plain', 'sessions/$DeadLetterQueue']) {
      expect(await scene.peek(queue)).toEqual([]);
    }
  });

  it('can be dead-lettered', async () => {
    const receiver = scene.receiver('dead');
    const [message] = await receiver.receiveDeferredMessages(numbersOf(await defer('dead')));
    await receiver.deadLetterMessage(message!, {
      deadLetterReason: 'why',
      deadLetterErrorDescription: 'because',
    });
    expect(await scene.peek('dead')).toEqual([]);
    expect(await receiveOne(scene.receiver('dead/$DeadLetterQueue'))).toMatchObject({
      deadLetterReason: 'why',
      deadLetterErrorDescription: 'because',
      state: 'active',
    });
  });

  it('can be deferred again', async () => {
    const numbers = numbersOf(await defer('again'));
    const receiver = scene.receiver('again');
    for (let round = 0; round < 2; round += 1) {
      const [message] = await receiver.receiveDeferredMessages(numbers);
      await receiver.deferMessage(message!);
    }
    expect(scene.entity('again').messages()).toMatchObject([{ state: 'deferred', locked: false }]);
  });

  it('are not found under a number that is not theirs', async () => {
    await scene.send('missing', { body: 'active' });
    const receiver = scene.receiver('missing');
    for (const number of [1, 4_711]) {
      await expect(receiver.receiveDeferredMessages(Long.fromNumber(number))).rejects.toMatchObject(
        serviceBusError('MessageNotFound'),
      );
    }
  });

  it('are received all together or not at all', async () => {
    const numbers = numbersOf(await defer('all-or-none', 2));
    const receiver = scene.receiver('all-or-none');
    await expect(receiver.receiveDeferredMessages([...numbers, Long.fromNumber(99)])).rejects.toMatchObject(
      serviceBusError('MessageNotFound'),
    );
    expect(scene.entity('all-or-none').lockedCount).toBe(0);
    expect(await receiver.receiveDeferredMessages(numbers)).toHaveLength(2);
  });

  it('are locked once received, and deferred again when the lock ends', async () => {
    const numbers = numbersOf(await defer('locked'));
    const receiver = scene.receiver('locked');
    const [message] = await receiver.receiveDeferredMessages(numbers);
    await expect(receiver.receiveDeferredMessages(numbers)).rejects.toMatchObject(
      serviceBusError('MessageNotFound'),
    );
    scene.clock.advance(60_000);
    await expect(receiver.completeMessage(message!)).rejects.toMatchObject(
      serviceBusError('MessageLockLost'),
    );
    expect(await receiver.receiveDeferredMessages(numbers)).toMatchObject([
      { state: 'deferred', deliveryCount: 2 },
    ]);
  });

  it('have renewable locks', async () => {
    const receiver = scene.receiver('renewed');
    const [message] = await receiver.receiveDeferredMessages(numbersOf(await defer('renewed')));
    scene.clock.advance(40_000);
    await receiver.renewMessageLock(message!);
    scene.clock.advance(40_000);
    await receiver.completeMessage(message!);
    expect(await scene.peek('renewed')).toEqual([]);
  });

  it('are deleted when received in that mode', async () => {
    const numbers = numbersOf(await defer('deleted'));
    const receiver = scene.receiver('deleted', { receiveMode: 'receiveAndDelete' });
    expect(await receiver.receiveDeferredMessages(numbers)).toMatchObject([{ body: 0 }]);
    expect(await scene.peek('deleted')).toEqual([]);
  });

  it('outlive their time to live until they are received', async () => {
    const numbers = numbersOf(await defer('short-lived'));
    scene.clock.advance(20_000);
    expect(scene.entity('short-lived').counts.deferred).toBe(1);
    await expect(scene.receiver('short-lived').receiveDeferredMessages(numbers)).rejects.toMatchObject(
      serviceBusError('MessageNotFound'),
    );
    expect(await receiveOne(scene.receiver('short-lived/$DeadLetterQueue'))).toMatchObject({
      deadLetterReason: 'TTLExpiredException',
    });
  });
});
