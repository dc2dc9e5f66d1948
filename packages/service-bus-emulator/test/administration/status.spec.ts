import { type EntityStatus, type ServiceBusReceiver } from '@azure/service-bus';
import { describe, expect, it } from '@jest/globals';

import { serviceBusError } from '../support/emulator-scene.js';
import { administrationScene } from '../support/administration-scene.js';
import { until } from '../../../../test/support/until.js';

describe('the status of an entity, set by the administration', () => {
  const scene = administrationScene({
    queues: ['listening', 'sessions', 'sending', 'returning', { name: 'held', requiresSession: true }],
    topics: [{ name: 'events', subscriptions: ['all'] }],
  });
  const disabled = serviceBusError('MessagingEntityDisabled');

  async function setStatus(name: string, status: EntityStatus): Promise<void> {
    const queue = await scene.administration.getQueue(name);
    await scene.administration.updateQueue({ ...queue, status });
  }

  /** Listens, and gathers the codes of the errors it is told of. */
  function listen(receiver: ServiceBusReceiver): string[] {
    const codes: string[] = [];
    receiver.subscribe({
      processMessage: () => Promise.resolve(),
      processError: ({ error }) => {
        codes.push('code' in error ? String(error.code) : error.name);
        return Promise.resolve();
      },
    });
    return codes;
  }

  it.each<EntityStatus>(['Disabled', 'ReceiveDisabled'])(
    '%s detaches receivers and takes no new ones',
    async (status) => {
      await setStatus('listening', 'Active');
      const receiver = scene.receiver('listening');
      const codes = listen(receiver);
      await until(() => scene.entity('listening').receiverCount === 1);
      await setStatus('listening', status);
      await until(() => codes.includes('MessagingEntityDisabled'));
      expect(scene.entity('listening').receiverCount).toBe(0);
      await receiver.close();
      const late = scene.receiver('listening');
      await expect(late.receiveMessages(1, { maxWaitTimeInMs: 1_000 })).rejects.toMatchObject(disabled);
      await late.close();
    },
  );

  it('ends held sessions', async () => {
    await scene.send('held', { body: 1, sessionId: 'a' });
    const session = await scene.client.acceptSession('held', 'a', { maxAutoLockRenewalDurationInMs: 0 });
    await setStatus('held', 'ReceiveDisabled');
    await until(() => session.isClosed);
    await setStatus('held', 'Active');
    const again = await scene.client.acceptSession('held', 'a', { maxAutoLockRenewalDurationInMs: 0 });
    expect(again.sessionId).toBe('a');
    await again.close();
  });

  it.each<EntityStatus>(['Disabled', 'SendDisabled'])('%s refuses messages', async (status) => {
    await setStatus('sending', status);
    await expect(scene.send('sending', { body: 1 })).rejects.toMatchObject(disabled);
    await setStatus('sending', 'Active');
    await scene.send('sending', { body: 1 });
    expect(await scene.take('sending')).toHaveLength(1);
  });

  it('leaves the messages in place until the entity is active again', async () => {
    await scene.send('returning', { body: 'kept' });
    await setStatus('returning', 'Disabled');
    expect(await scene.administration.getQueueRuntimeProperties('returning')).toMatchObject({
      activeMessageCount: 1,
    });
    await setStatus('returning', 'Active');
    const [message] = await scene.take('returning');
    expect(message?.body).toBe('kept');
  });

  it('also stops a topic and a subscription', async () => {
    const topic = await scene.administration.getTopic('events');
    await scene.administration.updateTopic({ ...topic, status: 'SendDisabled' });
    await expect(scene.send('events', { body: 1 })).rejects.toMatchObject(disabled);
    await scene.administration.updateTopic({ ...topic, status: 'Active' });
    await scene.send('events', { body: 1 });

    const subscription = await scene.administration.getSubscription('events', 'all');
    await scene.administration.updateSubscription({ ...subscription, status: 'ReceiveDisabled' });
    await expect(scene.take('events/Subscriptions/all')).rejects.toMatchObject(disabled);
    await scene.administration.updateSubscription({ ...subscription, status: 'Active' });
    expect(await scene.take('events/Subscriptions/all')).toHaveLength(1);
  });
});
