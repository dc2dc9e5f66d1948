import { describe, expect, it } from '@jest/globals';

import { emulatorScene, receiveAll, receiveOne, serviceBusError } from './support/emulator-scene.js';
import { until } from '../../../test/support/until.js';

const NAMES = [
  'empty',
  'held',
  'oldest',
  'waiting',
  'timeout',
  'order',
  'parallel',
  'state',
  'renewed',
  'lost',
  'released',
  'abandoned',
  'dead',
  'poison',
  'refused',
  'deferred',
  'peeked',

  'concurrent',
];

describe('sessions', () => {
  const scene = emulatorScene({
    queues: [...NAMES.map((name) => ({ name, requiresSession: true, maxDeliveryCount: 3 })), 'plain'],
  });
  const accept = (queue: string, sessionId: string) =>
    scene.client.acceptSession(queue, sessionId, { maxAutoLockRenewalDurationInMs: 0 });
  const acceptNext = (queue: string, client = scene.client) =>
    client.acceptNextSession(queue, { maxAutoLockRenewalDurationInMs: 0 });

  describe('acceptSession', () => {
    it('grants a session that has no messages yet, for the lock duration', async () => {
      const receiver = await accept('empty', 'new');
      expect(receiver.sessionId).toBe('new');
      expect(receiver.sessionLockedUntilUtc.getTime()).toBe(Math.trunc(scene.clock.now()) + 60_000);
      await scene.send('empty', { body: 1, sessionId: 'new' });
      expect((await receiveOne(receiver)).body).toBe(1);
      await receiver.close();
    });

    it('refuses a session that another receiver holds, until that one closes', async () => {
      const first = await accept('held', 'one');
      await expect(accept('held', 'one')).rejects.toMatchObject(serviceBusError('SessionCannotBeLocked'));
      await first.close();
      await (await accept('held', 'one')).close();
    });
  });

  describe('acceptNextSession', () => {
    it('grants the free session with the oldest message', async () => {
      await scene.send(
        'oldest',
        { body: 1, sessionId: 'b' },
        { body: 2, sessionId: 'a' },
        { body: 3, sessionId: 'c' },
      );
      const held = await accept('oldest', 'b');
      const next = await acceptNext('oldest');
      expect(next.sessionId).toBe('a');
      await held.close();
      const again = await acceptNext('oldest');
      expect(again.sessionId).toBe('b');
      await Promise.all([next.close(), again.close()]);
    });

    it('waits for a session to have a message', async () => {
      const accepting = acceptNext('waiting');
      await until(() => scene.entity('waiting').receiverCount === 1);
      await scene.send('waiting', { body: 'came', sessionId: 'late' });
      const receiver = await accepting;
      expect(receiver.sessionId).toBe('late');
      expect((await receiveOne(receiver)).body).toBe('came');
      await receiver.close();
    });

    it('gives up after the timeout of the client', async () => {
      const client = scene.connect({ retryOptions: { maxRetries: 0, timeoutInMs: 30_000 } });
      const accepting = acceptNext('timeout', client);
      const refused = expect(accepting).rejects.toMatchObject(serviceBusError('ServiceTimeout'));
      await until(() => scene.entity('timeout').receiverCount === 1);
      scene.clock.advance(30_000);
      await refused;
      await until(() => scene.entity('timeout').receiverCount === 0);
      await scene.send('timeout', { body: 1, sessionId: 'still-works' });
      await (await acceptNext('timeout', client)).close();
    });

    it('gives each of many waiting receivers a session of its own', async () => {
      const accepting = Array.from({ length: 10 }, () => acceptNext('concurrent'));
      await until(() => scene.entity('concurrent').receiverCount === 10);
      await scene.send(
        'concurrent',
        ...Array.from({ length: 10 }, (_, index) => ({ body: index, sessionId: `s${index}` })),
      );
      const receivers = await Promise.all(accepting);
      expect(new Set(receivers.map(({ sessionId }) => sessionId)).size).toBe(10);
      await Promise.all(receivers.map((receiver) => receiver.close()));
    });
  });

  it('keep their messages in order and separate from other sessions', async () => {
    const messages = Array.from({ length: 60 }, (_, index) => ({ body: index, sessionId: `s${index % 3}` }));
    await scene.client.createSender('order').sendMessages(messages);
    const receiver = await accept('order', 's1');
    const received = await receiveAll(receiver, 20);
    expect(received.map(({ body }) => body as number)).toEqual(
      messages.filter(({ sessionId }) => sessionId === 's1').map(({ body }) => body),
    );
    expect(received.every(({ sessionId }) => sessionId === 's1')).toBe(true);
    await receiver.close();
  });

  it('return an abandoned message to its place', async () => {
    await scene.send('abandoned', { body: 1, sessionId: 's' }, { body: 2, sessionId: 's' });
    const receiver = await accept('abandoned', 's');
    await receiver.abandonMessage(await receiveOne(receiver));
    const messages = await receiveAll(receiver, 2);
    expect(messages.map(({ body, deliveryCount }) => [body as number, deliveryCount])).toEqual([
      [1, 1],
      [2, 0],
    ]);
    await receiver.close();
  });

  it('can be received from in parallel', async () => {
    await scene.send('parallel', { body: 'a', sessionId: 'a' }, { body: 'b', sessionId: 'b' });
    const [first, second] = [await acceptNext('parallel'), await acceptNext('parallel')];
    expect([(await receiveOne(first)).body, (await receiveOne(second)).body]).toEqual(['a', 'b']);
    await Promise.all([first.close(), second.close()]);
  });

  it('have a state that can be set, read and cleared, and that survives its holder', async () => {
    const first = await accept('state', 's');
    expect(await first.getSessionState()).toBeNull();
    await first.setSessionState({ step: 1, items: ['x'] });
    await first.close();

    const second = await accept('state', 's');
    expect(await second.getSessionState()).toEqual({ step: 1, items: ['x'] });
    await second.setSessionState(null);
    expect(await second.getSessionState()).toBeNull();
    await second.close();
  });

  it('are renewed by their holder', async () => {
    await scene.send('renewed', { body: 1, sessionId: 's' });
    const receiver = await accept('renewed', 's');
    const message = await receiveOne(receiver);
    scene.clock.advance(40_000);
    const lockedUntil = await receiver.renewSessionLock();
    expect(lockedUntil.getTime()).toBe(Math.trunc(scene.clock.now()) + 60_000);
    expect(receiver.sessionLockedUntilUtc).toEqual(lockedUntil);
    scene.clock.advance(40_000);
    await receiver.completeMessage(message);
    expect(await scene.peek('renewed')).toEqual([]);
    await receiver.close();
  });

  it('that are not renewed are lost: they refuse every operation, and their messages are delivered again', async () => {
    await scene.send('lost', { body: 1, sessionId: 's' });
    const receiver = await accept('lost', 's');
    const message = await receiveOne(receiver);
    expect(message.lockedUntilUtc).toEqual(receiver.sessionLockedUntilUtc);
    scene.clock.advance(60_000);

    const lost = serviceBusError('SessionLockLost');
    await expect(receiver.renewSessionLock()).rejects.toMatchObject(lost);
    await expect(receiver.setSessionState('late')).rejects.toMatchObject(lost);
    await expect(receiver.getSessionState()).rejects.toMatchObject(lost);
    await expect(receiver.completeMessage(message)).rejects.toMatchObject(lost);
    await receiver.close();

    const next = await acceptNext('lost');
    expect(await receiveOne(next)).toMatchObject({ body: 1, deliveryCount: 1 });
    await next.close();
  });

  it('tell their holder at once that they are lost', async () => {
    const receiver = await accept('lost', 'watched');
    const errors: { code?: unknown }[] = [];
    receiver.subscribe({
      processMessage: () => Promise.resolve(),
      processError: ({ error }) => Promise.resolve(void errors.push(error as { code?: unknown })),
    });
    await until(() => scene.entity('lost').receiverCount === 1);
    scene.clock.advance(60_000);
    await until(() => errors.length > 0);
    expect(errors[0]!.code).toBe('SessionLockLost');
    await receiver.close();
  });

  it('are free as soon as their holder closes, with the messages that it has not settled', async () => {
    await scene.send('released', { body: 1, sessionId: 's' });
    const first = await accept('released', 's');
    await receiveOne(first);
    await first.close();
    const second = await accept('released', 's');
    expect(await receiveOne(second)).toMatchObject({ body: 1, deliveryCount: 0 });
    await second.close();
  });

  it('dead-letter a message that fails too often; the dead-letter queue has no sessions', async () => {
    await scene.send('dead', { body: 1, sessionId: 's' });
    const receiver = await accept('dead', 's');
    for (let attempt = 0; attempt < 3; attempt += 1)
      await receiver.abandonMessage(await receiveOne(receiver));
    await receiver.close();
    expect(await receiveOne(scene.receiver('dead/$DeadLetterQueue'))).toMatchObject({
      sessionId: 's',
      deadLetterReason: 'MaxDeliveryCountExceeded',
    });
  });

  it('continue after one of their messages was dead-lettered', async () => {
    await scene.send('poison', { body: 'bad', sessionId: 's' }, { body: 'good', sessionId: 's' });
    const receiver = await accept('poison', 's');
    await receiver.deadLetterMessage(await receiveOne(receiver), {
      deadLetterReason: 'bad',
      deadLetterErrorDescription: '',
    });
    const good = await receiveOne(receiver);
    expect(good.body).toBe('good');
    await receiver.completeMessage(good);
    expect(await scene.peek('poison')).toEqual([]);
    await receiver.close();
  });

  it('give their deferred messages to their holder', async () => {
    await scene.send('deferred', { body: 'aside', sessionId: 's' });
    const receiver = await accept('deferred', 's');
    const message = await receiveOne(receiver);
    await receiver.deferMessage(message);
    const [deferred] = await receiver.receiveDeferredMessages([message.sequenceNumber!]);
    expect(deferred).toMatchObject({ body: 'aside', state: 'deferred' });
    await receiver.completeMessage(deferred!);
    expect(await scene.peek('deferred')).toEqual([]);
    await receiver.close();
  });

  it('are peeked one at a time', async () => {
    await scene.send(
      'peeked',
      { body: 1, sessionId: 'a' },
      { body: 2, sessionId: 'b' },
      { body: 3, sessionId: 'a' },
    );
    const receiver = await accept('peeked', 'a');
    expect((await receiver.peekMessages(10)).map(({ body }) => body as number)).toEqual([1, 3]);
    await receiver.close();
  });

  it('refuse receivers without a session, and other entities refuse session receivers', async () => {
    const notAllowed = serviceBusError(
      'GeneralError',
      /requires sessions to create a non-sessionful message receiver/,
    );
    const receiver = scene.receiver('refused');
    await expect(receiver.receiveMessages(1, { maxWaitTimeInMs: 100 })).rejects.toMatchObject(notAllowed);
    await expect(acceptNext('plain')).rejects.toMatchObject(
      serviceBusError('GeneralError', /has no sessions/),
    );
    // Asked for a session by its id, the SDK says this of every refusal.
    await expect(accept('plain', 's')).rejects.toMatchObject(serviceBusError('SessionCannotBeLocked'));
  });

  it('refuse messages without a session id', async () => {
    const sender = scene.client.createSender('refused');
    await expect(sender.sendMessages({ body: 1 })).rejects.toMatchObject(
      serviceBusError('GeneralError', /The SessionId was not set on a message/),
    );
    await expect(sender.sendMessages([{ body: 1, sessionId: 's' }, { body: 2 }])).rejects.toMatchObject(
      serviceBusError('GeneralError'),
    );
    expect(await scene.peek('refused')).toEqual([]);
  });
});

describe('sessions under the renewal of the SDK', () => {
  // The SDK goes by the time of day.
  const scene = emulatorScene(
    { queues: [{ name: 'slow', requiresSession: true, lockDurationMs: 1_500 }] },
    { clock: undefined },
  );

  it('are kept for much longer than the lock duration', async () => {
    await scene.send('slow', { body: 1, sessionId: 's' });
    const receiver = await scene.client.acceptSession('slow', 's', {
      maxAutoLockRenewalDurationInMs: 60_000,
    });
    const message = await receiveOne(receiver);
    const lockedUntil = message.lockedUntilUtc!.getTime();
    await until(() => Date.now() > lockedUntil + 1_000);
    await receiver.completeMessage(message);
    expect(await scene.peek('slow')).toEqual([]);
  });
});
