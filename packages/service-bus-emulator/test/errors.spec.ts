import { describe, expect, it } from '@jest/globals';

import { emulatorScene, serviceBusError } from './support/emulator-scene.js';
import { until } from '../../../test/support/until.js';

describe('refusals', () => {
  const scene = emulatorScene({ queues: ['orders'], topics: [{ name: 'events', subscriptions: ['all'] }] });

  describe('of an entity that does not exist', () => {
    const notFound = serviceBusError('MessagingEntityNotFound', /could not be found.*TrackingId:/);

    it.each<[string, () => Promise<unknown>]>([
      ['send', () => scene.send('missing', { body: 1 })],
      ['createMessageBatch', () => scene.client.createSender('missing').createMessageBatch()],
      [
        'scheduleMessages',
        () => scene.client.createSender('missing').scheduleMessages({ body: 1 }, new Date()),
      ],
      ['receive', () => scene.receiver('missing').receiveMessages(1, { maxWaitTimeInMs: 100 })],
      [
        'receive from a subscription',
        () => scene.receiver('events/Subscriptions/missing').receiveMessages(1),
      ],
      ['receive from a missing topic', () => scene.receiver('missing/Subscriptions/all').receiveMessages(1)],
      ['receive dead letters', () => scene.receiver('missing/$DeadLetterQueue').receiveMessages(1)],
      ['peek', () => scene.receiver('missing').peekMessages(1)],
      ['acceptSession', () => scene.client.acceptSession('missing', 's')],
      ['acceptNextSession', () => scene.client.acceptNextSession('missing')],
    ])('%s', async (_operation, run) => {
      await expect(run()).rejects.toMatchObject(notFound);
    });

    // [JavaScript SDK's live suite: the address as the cloud writes it, without a port]
    it.each(['missing', 'events/Subscriptions/missing', 'missing/Subscriptions/all'])(
      '%s, and says which',
      async (address) => {
        const url = `sb://${scene.dialled}/${scene.nameOf(address)}`.replaceAll('.', '\\.');
        const named = serviceBusError(
          'MessagingEntityNotFound',
          new RegExp(`The messaging entity '${url}' could not be found`),
        );
        await expect(scene.receiver(address).receiveMessages(1)).rejects.toMatchObject(named);
        await expect(scene.receiver(address).peekMessages(1)).rejects.toMatchObject(named);
      },
    );

    it('subscribe', async () => {
      const errors: unknown[] = [];
      const receiver = scene.receiver('missing');
      receiver.subscribe({
        processMessage: () => Promise.resolve(),
        processError: ({ error }) => Promise.resolve(void errors.push(error)),
      });
      await until(() => errors.length > 0);
      expect(errors[0]).toMatchObject(notFound);
      await receiver.close();
    });
  });

  it('to send to a dead-letter queue', async () => {
    await expect(scene.send('orders/$DeadLetterQueue', { body: 1 })).rejects.toMatchObject(
      serviceBusError('GeneralError', /sub-queue/),
    );
  });

  it('leave the connection intact', async () => {
    await scene.send('orders', { body: 'fine' });
    const messages = await scene.take('orders', (await scene.peek('orders')).length);
    expect(messages.map(({ body }) => body as unknown)).toContain('fine');
  });
});
