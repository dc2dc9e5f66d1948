import { afterEach, describe, expect, it } from '@jest/globals';

import { emulatorScene, receiveOne, serviceBusError } from './support/emulator-scene.js';
import { until } from '../../../test/support/until.js';

const ONCE = { retryOptions: { maxRetries: 0, timeoutInMs: 5_000 } };

describe('ordered faults', () => {
  const scene = emulatorScene({
    queues: [
      'busy',
      'full',
      'disabled',
      'chosen',
      'spared',
      'retried',
      'scheduled',
      'renewed',
      'settled',
      'delayed',
      'tokens',
      'detached',
      'ended',
      { name: 'sessions', requiresSession: true },
    ],
  });
  afterEach(() => scene.emulator.faults.clear());

  /** Resolves when the client has seen all that the emulator has sent so far: what is sent in order arrives in order. */
  async function clientHasSeenAll(): Promise<void> {
    await scene.receiver('spared').peekMessages(1);
  }

  describe('refuseSends', () => {
    it.each([
      ['busy', 'com.microsoft:server-busy', 'ServiceBusy'],
      ['full', 'amqp:resource-limit-exceeded', 'QuotaExceeded'],
      ['disabled', 'com.microsoft:entity-disabled', 'MessagingEntityDisabled'],
    ] as const)('answers with the condition: %s', async (queue, condition, code) => {
      scene.emulator.faults.refuseSends(1, condition);
      const sender = scene.connect(ONCE).createSender(queue);
      await expect(sender.sendMessages({ body: 1 })).rejects.toMatchObject(serviceBusError(code));
      expect(scene.entity(queue).messages()).toEqual([]);
      await sender.sendMessages({ body: 2 });
      expect(scene.entity(queue).counts.active).toBe(1);
    });

    it('ends soon enough for a client that retries', async () => {
      scene.emulator.faults.refuseSends(1);
      await scene.send('retried', { body: 1 });
      expect(scene.entity('retried').counts.active).toBe(1);
    });

    it('applies to one entity if told to', async () => {
      scene.emulator.faults.refuseSends(1, 'amqp:resource-limit-exceeded', 'Chosen');
      await scene.send('spared', { body: 1 });
      await expect(scene.send('chosen', { body: 1 })).rejects.toMatchObject(serviceBusError('QuotaExceeded'));
    });

    it('applies to scheduling messages as well', async () => {
      scene.emulator.faults.refuseSends(1, 'com.microsoft:entity-disabled');
      await expect(
        scene.client
          .createSender('scheduled')
          .scheduleMessages({ body: 1 }, new Date(scene.clock.now() + 60_000)),
      ).rejects.toMatchObject(serviceBusError('MessagingEntityDisabled'));
    });
  });

  it('failRenewals fails renewals of message locks without changing the locks', async () => {
    await scene.send('renewed', { body: 1 });
    const receiver = scene.receiver('renewed');
    const message = await receiveOne(receiver);
    scene.emulator.faults.failRenewals(2, 'com.microsoft:message-lock-lost');
    for (let time = 0; time < 2; time += 1) {
      await expect(receiver.renewMessageLock(message)).rejects.toMatchObject(
        serviceBusError('MessageLockLost'),
      );
    }
    await receiver.renewMessageLock(message);
    await receiver.completeMessage(message);
  });

  it('failRenewals fails renewals of session locks', async () => {
    const receiver = await scene.client.acceptSession('sessions', 's', { maxAutoLockRenewalDurationInMs: 0 });
    scene.emulator.faults.failRenewals(1, 'com.microsoft:session-lock-lost', 'sessions');
    await expect(receiver.renewSessionLock()).rejects.toMatchObject(serviceBusError('SessionLockLost'));
    await receiver.renewSessionLock();
    await receiver.close();
  });

  it('failSettlements reports the lock as lost and changes nothing else', async () => {
    await scene.send('settled', { body: 1 });
    const receiver = scene.receiver('settled');
    const message = await receiveOne(receiver);
    scene.emulator.faults.failSettlements(1);
    await expect(receiver.completeMessage(message)).rejects.toMatchObject(serviceBusError('MessageLockLost'));
    expect(scene.entity('settled').messages()).toMatchObject([{ locked: true, deliveryCount: 0 }]);
    scene.clock.advance(60_000);
    await receiver.completeMessage(await receiveOne(receiver));
    expect(scene.entity('settled').messages()).toEqual([]);
  });

  it('delayAnswers delays answers to sends, settlements and requests, by the clock', async () => {
    const receiver = scene.receiver('delayed');
    const sender = scene.client.createSender('delayed');
    await sender.sendMessages({ body: 'open' });
    const message = await receiveOne(receiver);

    scene.emulator.faults.delayAnswers(500, 'delayed');
    const answered: string[] = [];
    const answers = [
      sender.sendMessages({ body: 'sent' }).then(() => answered.push('send')),
      receiver.completeMessage(message).then(() => answered.push('complete')),
      receiver.peekMessages(1).then(() => answered.push('peek')),
    ];
    await until(
      () => scene.entity('delayed').lockedCount === 0 && scene.entity('delayed').counts.active === 1,
    );
    await scene.send('spared', { body: 'at once' });
    expect(answered).toEqual([]);
    // The peek, whose link has to be opened first, may come to the emulator later than the others.
    await until(() => {
      scene.clock.advance(500);
      return answered.length === 3;
    });
    await Promise.all(answers);
    scene.emulator.faults.clear();
    await sender.sendMessages({ body: 'at once' });
  });

  it('refuseLinks keeps clients from opening links, for sending and for receiving', async () => {
    scene.emulator.faults.refuseLinks(2, 'com.microsoft:server-busy', 'busy');
    const client = scene.connect(ONCE);
    await expect(client.createSender('busy').sendMessages({ body: 1 })).rejects.toMatchObject(
      serviceBusError('ServiceBusy'),
    );
    await client.createReceiver('spared').receiveMessages(1, { maxWaitTimeInMs: 1 });
    const receiver = client.createReceiver('busy');
    await expect(receiver.receiveMessages(1)).rejects.toMatchObject(serviceBusError('ServiceBusy'));
    await client.createSender('busy').sendMessages({ body: 2 });
    expect(await receiver.receiveMessages(1)).toMatchObject([{ body: 2 }]);
  });

  it('refuseTokens keeps clients out', async () => {
    scene.emulator.faults.refuseTokens(1, 'tokens');
    const sender = scene.connect(ONCE).createSender('tokens');
    await expect(sender.sendMessages({ body: 1 })).rejects.toMatchObject(
      serviceBusError('UnauthorizedAccess'),
    );
    await sender.sendMessages({ body: 1 });
  });

  it('detachLinks detaches the links on one entity, and the client opens them again', async () => {
    const sender = scene.client.createSender('detached');
    const receiver = scene.receiver('detached');
    const bodies: unknown[] = [];
    const errors: unknown[] = [];
    receiver.subscribe(
      {
        processMessage: ({ body }) => Promise.resolve(void bodies.push(body)),
        processError: ({ error }) => Promise.resolve(void errors.push(error)),
      },
      { autoCompleteMessages: true },
    );
    await sender.sendMessages({ body: 'before' });
    await until(() => bodies.length === 1);

    expect(scene.emulator.detachLinks('Detached')).toBe(2);
    expect(scene.entity('detached').receiverCount).toBe(0);
    await clientHasSeenAll();
    await sender.sendMessages({ body: 'after' });
    await until(() => bodies.length === 2);
    await receiver.close();
    expect(scene.emulator.detachLinks('nobody-there')).toBe(0);
  });

  it('detachLinks gives the reason that it was told', async () => {
    const receiver = scene.receiver('detached');
    const errors: unknown[] = [];
    receiver.subscribe({
      processMessage: () => Promise.resolve(),
      processError: ({ error }) => Promise.resolve(void errors.push(error)),
    });
    await until(() => scene.entity('detached').receiverCount === 1);
    scene.emulator.detachLinks('detached', 'com.microsoft:entity-disabled');
    await until(() => errors.length > 0);
    expect(errors[0]).toMatchObject(serviceBusError('MessagingEntityDisabled'));
    await receiver.close();
  });

  it('expireTokens detaches all links, and the client comes back with fresh tokens', async () => {
    const sender = scene.client.createSender('ended');
    const receiver = scene.receiver('ended');
    await sender.sendMessages({ body: 'before' });
    await receiver.completeMessage(await receiveOne(receiver));
    scene.emulator.expireTokens();
    expect(scene.entity('ended').receiverCount).toBe(0);
    await clientHasSeenAll();
    await sender.sendMessages({ body: 'after' });
    await receiver.completeMessage(await receiveOne(receiver));
  });

  it('clear ends them all', async () => {
    const { faults } = scene.emulator;
    faults.refuseSends(9);
    faults.failRenewals(9);
    faults.failSettlements(9);
    faults.refuseTokens(9);
    faults.delayAnswers(3_600_000);
    faults.clear();
    await scene.connect(ONCE).createSender('spared').sendMessages({ body: 1 });
    const receiver = scene.receiver('spared');
    const message = await receiveOne(receiver);
    await receiver.renewMessageLock(message);
    await receiver.completeMessage(message);
  });
});

describe('delayed answers', () => {
  const scene = emulatorScene({ queues: ['gone', 'others'] });

  it('do no harm if they are due after the client has gone', async () => {
    const client = scene.connect({ retryOptions: { maxRetries: 0, timeoutInMs: 500 } });
    const sender = client.createSender('gone');
    const receiver = client.createReceiver('gone', { maxAutoLockRenewalDurationInMs: 0 });
    await sender.sendMessages({ body: 'open' });
    const message = await receiveOne(receiver);
    scene.emulator.faults.delayAnswers(500, 'gone');
    const answers = [
      sender.sendMessages({ body: 'sent' }),
      receiver.completeMessage(message),
      receiver.peekMessages(1),
    ].map((answer) => answer.catch(() => undefined));
    await until(() => scene.entity('gone').messageCount === 1 && scene.entity('gone').lockedCount === 0);
    scene.emulator.dropConnections();
    scene.clock.advance(500);
    await scene.connect().createSender('others').sendMessages({ body: 'at once' });
    await Promise.all(answers);
  });
});
