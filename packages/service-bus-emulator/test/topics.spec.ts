import { describe, expect, it } from '@jest/globals';

import { emulatorScene, receiveAll, receiveOne, serviceBusError } from './support/emulator-scene.js';

describe('topics', () => {
  const scene = emulatorScene({
    topics: [
      { name: 'fan-out', subscriptions: ['a', 'b', 'c'] },
      { name: 'apart', subscriptions: ['a', 'b'] },
      { name: 'lonely' },
      {
        name: 'numbered',
        subscriptions: [
          'all',
          { name: 'odd', rules: [{ name: 'odd', filter: { kind: 'sql', expression: 'n % 2 = 1' } }] },
        ],
      },
      { name: 'failing', subscriptions: [{ name: 'once', maxDeliveryCount: 1 }, 'other'] },
      { name: 'paused', subscriptions: [{ name: 'disabled', status: 'Disabled' }, 'active'] },
      { name: 'mixed', subscriptions: [{ name: 'with-sessions', requiresSession: true }, 'plain'] },
      { name: 'events', subscriptions: ['audit'] },
    ],
  });

  it('give each subscription a copy of each message', async () => {
    await scene.send('fan-out', { body: 1, messageId: 'm', applicationProperties: { p: 'q' } }, { body: 2 });
    for (const name of ['a', 'b', 'c']) {
      const [first, second] = await scene.take(`fan-out/Subscriptions/${name}`, 2);
      expect(first).toMatchObject({
        body: 1,
        messageId: 'm',
        applicationProperties: { p: 'q' },
        deliveryCount: 0,
      });
      expect(second).toMatchObject({ body: 2 });
    }
  });

  it('keep the copies independent', async () => {
    await scene.send('apart', { body: 1 });
    const receiver = scene.receiver('apart/Subscriptions/a');
    await receiver.completeMessage(await receiveOne(receiver));
    expect(await scene.peek('apart/Subscriptions/a')).toEqual([]);
    expect(await scene.peek('apart/Subscriptions/b')).toHaveLength(1);
  });

  it('accept messages that nobody has subscribed to, and drop them', async () => {
    await scene.send('lonely', { body: 1 });
  });

  it('number the messages of each subscription on their own', async () => {
    await scene.send('numbered', ...[1, 2, 3].map((n) => ({ body: n, applicationProperties: { n } })));
    const numbers = async (name: string, count: number) =>
      (await scene.take(`numbered/Subscriptions/${name}`, count)).map(({ sequenceNumber, body }) => [
        body as number,
        sequenceNumber!.toNumber(),
      ]);
    expect(await numbers('all', 3)).toEqual([
      [1, 1],
      [2, 2],
      [3, 3],
    ]);
    expect(await numbers('odd', 2)).toEqual([
      [1, 1],
      [3, 2],
    ]);
  });

  it('have a dead-letter queue for each subscription', async () => {
    await scene.send('failing', { body: 1 });
    const receiver = scene.receiver('failing/Subscriptions/once');
    await receiver.abandonMessage(await receiveOne(receiver));
    expect(await receiveOne(scene.receiver('failing/Subscriptions/once/$DeadLetterQueue'))).toMatchObject({
      body: 1,
      deadLetterReason: 'MaxDeliveryCountExceeded',
    });
    expect(await scene.peek('failing/Subscriptions/other')).toHaveLength(1);
  });

  it('dead-letter a message without a session id in a subscription that needs one', async () => {
    await scene.send('mixed', { body: 'none' }, { body: 'some', sessionId: 's' });
    expect(
      await receiveOne(scene.receiver('mixed/Subscriptions/with-sessions/$DeadLetterQueue')),
    ).toMatchObject({
      body: 'none',
      deadLetterReason: 'Session ID is null.',
    });
    const session = await scene.client.acceptNextSession('mixed', 'with-sessions');
    expect((await receiveOne(session)).body).toBe('some');
    await session.close();
    expect(await receiveAll(scene.receiver('mixed/Subscriptions/plain'), 2)).toHaveLength(2);
  });

  it('cannot be received from, and their subscriptions not sent to', async () => {
    const notAllowed = serviceBusError('GeneralError');
    await expect(scene.receiver('events').receiveMessages(1, { maxWaitTimeInMs: 100 })).rejects.toMatchObject(
      notAllowed,
    );
    await expect(scene.send('events/Subscriptions/audit', { body: 1 })).rejects.toMatchObject(
      serviceBusError('GeneralError', /subscription/),
    );
  });

  it('are found whatever the case of their names', async () => {
    await scene.send('EVENTS', { body: 1 });
    expect(await receiveOne(scene.receiver('Events/Subscriptions/AUDIT'))).toMatchObject({ body: 1 });
  });
});
