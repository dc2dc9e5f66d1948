import { ServiceBusClient, type ServiceBusReceiver } from '@azure/service-bus';
import { describe, expect, it } from '@jest/globals';

import { type Emulator } from '../src/index.js';
import { emulatorScene, QUICK, receiveOne, serviceBusError } from './support/emulator-scene.js';
import { startTestEmulator } from '../../../test/support/start-emulator.js';
import { until } from '../../../test/support/until.js';

function collect(receiver: ServiceBusReceiver): unknown[] {
  const bodies: unknown[] = [];
  receiver.subscribe({
    processMessage: ({ body }) => Promise.resolve(void bodies.push(body)),
    processError: () => Promise.resolve(),
  });
  return bodies;
}

// What the SDK has sent before it sees that the connection is gone, it sends again after this time only.
const IMPATIENT = { retryOptions: { maxRetries: 3, retryDelayInMs: 10, timeoutInMs: 500 } };

describe('after all connections were dropped', () => {
  const scene = emulatorScene({
    queues: ['used', 'streamed', 'locked', { name: 'sessions', requiresSession: true }, 'idle'],
  });

  it('senders and receivers recover with their next use', async () => {
    const client = scene.connect(IMPATIENT);
    const sender = client.createSender('used');
    const receiver = client.createReceiver('used');
    await sender.sendMessages({ body: 'before' });
    await receiver.completeMessage(await receiveOne(receiver));
    scene.emulator.dropConnections();
    await sender.sendMessages({ body: 'after' });
    const message = await receiveOne(receiver);
    expect(message.body).toBe('after');
    await receiver.completeMessage(message);
  });

  it('subscriptions recover by themselves', async () => {
    const receiver = scene.connect().createReceiver('streamed');
    const bodies = collect(receiver);
    await until(() => scene.entity('streamed').receiverCount === 1);
    scene.emulator.dropConnections();
    expect(scene.entity('streamed').receiverCount).toBe(0);
    await until(() => scene.entity('streamed').receiverCount === 1);
    await scene.send('streamed', { body: 'after' });
    await until(() => bodies.length === 1);
    await receiver.close();
  });

  it('messages stay locked and can be settled', async () => {
    const client = scene.connect(IMPATIENT);
    await client.createSender('locked').sendMessages({ body: 1 });
    const receiver = client.createReceiver('locked', { maxAutoLockRenewalDurationInMs: 0 });
    const message = await receiveOne(receiver);
    scene.emulator.dropConnections();
    expect(scene.entity('locked').lockedCount).toBe(1);
    await until(async () => {
      try {
        await receiver.completeMessage(message);
        return true;
      } catch {
        return false;
      }
    });
    expect(scene.entity('locked').messages()).toEqual([]);
  });

  it('sessions are free', async () => {
    await scene.connect().acceptSession('sessions', 's');
    await expect(scene.connect().acceptSession('sessions', 's')).rejects.toMatchObject(
      serviceBusError('SessionCannotBeLocked'),
    );
    scene.emulator.dropConnections();
    await (await scene.connect().acceptSession('sessions', 's')).close();
  });

  it('nothing is left of them in the emulator', async () => {
    const client = scene.connect();
    collect(client.createReceiver('idle'));
    await until(() => scene.entity('idle').receiverCount === 1);
    await client.close();
    await until(() => scene.entity('idle').receiverCount === 0);
  });
});

describe('a subscription that is idle for more than ten minutes', () => {
  const scene = emulatorScene({ queues: ['quiet'] });

  it('still receives', async () => {
    const receiver = scene.receiver('quiet');
    const bodies = collect(receiver);
    await until(() => scene.entity('quiet').receiverCount === 1);
    scene.clock.advance(11 * 60_000);
    await scene.send('quiet', { body: 'late' });
    await until(() => bodies.length === 1);
    await receiver.close();
  });
});

describe('after a restart on the same port', () => {
  it('clients connect again, and locks of before are void', async () => {
    const entities = { queues: ['orders', 'stream'] };
    const first = await startTestEmulator(entities);
    const client = new ServiceBusClient(first.connectionString, QUICK);
    const sender = client.createSender('orders');
    const receiver = client.createReceiver('orders', { maxAutoLockRenewalDurationInMs: 0 });
    const bodies = collect(client.createReceiver('stream'));
    await sender.sendMessages({ body: 'first' });
    const message = await receiveOne(receiver);
    await first.close();

    const second: Emulator = await startTestEmulator(entities, { port: first.port });
    await expect(receiver.completeMessage(message)).rejects.toThrow();
    await sender.sendMessages({ body: 'second' });
    expect((await receiveOne(receiver)).body).toBe('second');
    await until(() => second.entity('stream').receiverCount === 1);
    await client.createSender('stream').sendMessages({ body: 'streamed' });
    await until(() => bodies.length === 1);
    await client.close();
    await second.close();
  });
});
