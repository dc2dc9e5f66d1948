import { ServiceBusClient } from '@azure/service-bus';
import { describe, expect, it } from '@jest/globals';

import { type Emulator } from '../src/index.js';
import { QUICK, receiveOne } from './support/emulator-scene.js';
import { startTestEmulator } from '../../../test/support/start-emulator.js';
import { until } from '../../../test/support/until.js';

const WITHIN_MS = 1_000;

/** A client with every kind of link open. */
async function busyClient(emulator: Emulator): Promise<ServiceBusClient> {
  const client = new ServiceBusClient(emulator.connectionString, QUICK);
  await client.createSender('orders').sendMessages([{ body: 1 }, { body: 2 }]);
  const receiver = client.createReceiver('orders');
  await receiveOne(receiver);
  await receiver.peekMessages(1);
  await client.acceptSession('sessions', 's');
  client
    .createReceiver('streamed')
    .subscribe({ processMessage: () => Promise.resolve(), processError: () => Promise.resolve() });
  await until(() => emulator.entity('streamed').receiverCount === 1);
  return client;
}

async function took(action: Promise<unknown>): Promise<number> {
  const started = performance.now();
  await action;
  return performance.now() - started;
}

const ENTITIES = { queues: ['orders', 'streamed', { name: 'sessions', requiresSession: true }] };

describe('closing', () => {
  it('a client takes less than a second', async () => {
    const emulator = await startTestEmulator(ENTITIES);
    const client = await busyClient(emulator);
    expect(await took(client.close())).toBeLessThan(WITHIN_MS);
    await until(() => emulator.entity('streamed').receiverCount === 0);
    await emulator.close();
  });

  it('receivers and senders takes less than a second', async () => {
    const emulator = await startTestEmulator(ENTITIES);
    const client = new ServiceBusClient(emulator.connectionString, QUICK);
    const sender = client.createSender('orders');
    await sender.sendMessages({ body: 1 });
    const receiver = client.createReceiver('orders');
    await receiveOne(receiver);
    // The SDK rejects what waits on a receiver that is closed.
    const waiting = receiver.receiveMessages(1, { maxWaitTimeInMs: 60_000 }).catch(() => []);
    await until(() => emulator.entity('orders').receiverCount === 1);
    expect(await took(receiver.close())).toBeLessThan(WITHIN_MS);
    expect(await waiting).toEqual([]);
    expect(await took(sender.close())).toBeLessThan(WITHIN_MS);
    await client.close();
    await emulator.close();
  });

  it('the emulator takes less than a second, whoever is connected, and may be asked for twice', async () => {
    const emulator = await startTestEmulator(ENTITIES, { administrationPort: 0 });
    const client = await busyClient(emulator);
    const { administrationUrl } = emulator;
    expect((await fetch(`${administrationUrl}/health`)).status).toBe(200);
    expect(await took(Promise.all([emulator.close(), emulator.close()]))).toBeLessThan(WITHIN_MS);
    await expect(fetch(`${administrationUrl}/health`)).rejects.toThrow();
    await client.close();
  });
});
