import { describe, expect, it } from '@jest/globals';

import { emulatorScene, receiveOne, serviceBusError } from './support/emulator-scene.js';

describe('forwarding', () => {
  const chain = Array.from({ length: 6 }, (_, index) => ({
    name: `hop-${index}`,
    ...(index < 5 && { forwardTo: `hop-${index + 1}` }),
  }));
  const scene = emulatorScene({
    queues: [
      'inbox',
      'dead-letters',
      'session-target-dead',
      'audit',
      { name: 'source', forwardTo: 'inbox' },
      { name: 'poisonous', forwardDeadLetteredMessagesTo: 'dead-letters' },
      { name: 'to-nowhere', forwardTo: 'not-there' },
      { name: 'closed', status: 'SendDisabled' },
      { name: 'to-closed', forwardTo: 'closed' },
      { name: 'to-topic', forwardTo: 'events' },
      ...chain,
    ],
    topics: [{ name: 'events', subscriptions: ['all', { name: 'forwarded', forwardTo: 'audit' }] }],
  });

  it('moves a message to another queue, as it was sent, with a number of that queue', async () => {
    await scene.send('inbox', { body: 'own' });
    await scene.send('source', {
      body: { a: 1 },
      messageId: 'm',
      subject: 's',
      applicationProperties: { p: 'q' },
    });
    expect(await scene.peek('source')).toEqual([]);
    const [, message] = await scene.take('inbox', 2);
    expect(message).toMatchObject({
      body: { a: 1 },
      messageId: 'm',
      subject: 's',
      applicationProperties: { p: 'q' },
    });
    expect(message!.sequenceNumber!.toNumber()).toBe(2);
    expect(message!.enqueuedSequenceNumber).toBe(1);
  });

  it('leaves nothing to receive at the source', async () => {
    await expect(scene.receiver('source').receiveMessages(1, { maxWaitTimeInMs: 100 })).rejects.toMatchObject(
      serviceBusError('GeneralError'),
    );
  });

  it('goes over four hops and no more', async () => {
    await scene.send('hop-1', { body: 'four' });
    expect((await scene.take('hop-5')).map(({ body }) => body as string)).toEqual(['four']);
    await scene.send('hop-0', { body: 'five' });
    expect(await scene.peek('hop-5')).toEqual([]);
    expect(await receiveOne(scene.receiver('hop-4/$Transfer/$DeadLetterQueue'))).toMatchObject({
      body: 'five',
      deadLetterReason: 'MaxTransferHopCountExceeded',
    });
  });

  it('keeps what it cannot deliver in the transfer dead-letter queue', async () => {
    await scene.send('to-nowhere', { body: 1 });
    await scene.send('to-closed', { body: 2 });
    expect(await receiveOne(scene.receiver('to-nowhere/$Transfer/$DeadLetterQueue'))).toMatchObject({
      body: 1,
      deadLetterErrorDescription: expect.stringContaining('not-there'),
    });
    expect((await receiveOne(scene.receiver('to-closed/$Transfer/$DeadLetterQueue'))).body).toBe(2);
  });

  it('leads from a queue to a topic, and from a subscription to a queue', async () => {
    await scene.send('to-topic', { body: 'news' });
    expect((await scene.take('events/Subscriptions/all')).map(({ body }) => body as string)).toEqual([
      'news',
    ]);
    expect((await scene.take('audit')).map(({ body }) => body as string)).toEqual(['news']);
  });

  it('of dead letters names the entity that they come from', async () => {
    await scene.send('poisonous', { body: 'bad' });
    const receiver = scene.receiver('poisonous');
    await receiver.deadLetterMessage(await receiveOne(receiver), {
      deadLetterReason: 'why',
      deadLetterErrorDescription: 'because',
    });
    expect(await scene.peek('poisonous/$DeadLetterQueue')).toEqual([]);
    expect(await receiveOne(scene.receiver('dead-letters'))).toMatchObject({
      body: 'bad',
      deadLetterSource: scene.nameOf('poisonous'),
      deadLetterReason: 'why',
      deadLetterErrorDescription: 'because',
    });
  });
});
