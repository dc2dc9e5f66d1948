import { describe, expect, it } from '@jest/globals';

import { type EmulatorOptions } from '../src/index.js';
import { emulatorScene, receiveOne, serviceBusError } from './support/emulator-scene.js';

const STATUSES = ['Disabled', 'SendDisabled', 'ReceiveDisabled'] as const;
const entities: EmulatorOptions['entities'] = {
  queues: STATUSES.map((status) => ({ name: status, status })),
  topics: [
    { name: 'events', subscriptions: [{ name: 'closed', status: 'ReceiveDisabled' }, 'open'] },
    { name: 'closed-topic', status: 'Disabled', subscriptions: ['all'] },
  ],
};

describe('the status of an entity', () => {
  const scene = emulatorScene(entities);
  const disabled = serviceBusError('MessagingEntityDisabled');
  const receive = (address: string) => scene.receiver(address).receiveMessages(1, { maxWaitTimeInMs: 50 });

  it('Disabled refuses to send and to receive', async () => {
    await expect(scene.send('Disabled', { body: 1 })).rejects.toMatchObject(disabled);
    await expect(receive('Disabled')).rejects.toMatchObject(disabled);
    await expect(scene.receiver('Disabled').peekMessages(1)).rejects.toMatchObject(disabled);
    await expect(
      scene.client
        .createSender('Disabled')
        .scheduleMessages({ body: 1 }, new Date(scene.clock.now() + 60_000)),
    ).rejects.toMatchObject(disabled);
  });

  it('SendDisabled refuses to send', async () => {
    await expect(scene.send('SendDisabled', { body: 1 })).rejects.toMatchObject(disabled);
    expect(await receive('SendDisabled')).toEqual([]);
  });

  it('ReceiveDisabled refuses to receive', async () => {
    await scene.send('ReceiveDisabled', { body: 1 });
    await expect(receive('ReceiveDisabled')).rejects.toMatchObject(disabled);
    expect(scene.entity('ReceiveDisabled').counts.active).toBe(1);
  });

  it('of a subscription leaves the others alone', async () => {
    await scene.send('events', { body: 1 });
    await expect(receive('events/Subscriptions/closed')).rejects.toMatchObject(disabled);
    expect((await receiveOne(scene.receiver('events/Subscriptions/open'))).body).toBe(1);
  });

  it('of a topic refuses to publish', async () => {
    await expect(scene.send('closed-topic', { body: 1 })).rejects.toMatchObject(disabled);
  });
});
