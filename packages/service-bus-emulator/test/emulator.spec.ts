import { once } from 'node:events';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';

import { ServiceBusClient } from '@azure/service-bus';
import { describe, expect, it } from '@jest/globals';

import { emulatorScene, QUICK, receiveAll, receiveOne } from './support/emulator-scene.js';
import { startTestEmulator } from '../../../test/support/start-emulator.js';
import { until } from '../../../test/support/until.js';

describe('startEmulator', () => {
  it('picks free ports and reports them', async () => {
    const emulator = await startTestEmulator({}, { administrationPort: 0 });
    expect(emulator.port).toBeGreaterThan(0);
    expect(emulator.connectionString).toBe(
      `Endpoint=sb://127.0.0.1:${emulator.port};SharedAccessKeyName=RootManageSharedAccessKey;SharedAccessKey=SAS_KEY_VALUE;UseDevelopmentEmulator=true;`,
    );
    expect(emulator.administrationUrl).not.toContain(String(emulator.port));
    for (const url of [emulator.administrationUrl, `http://127.0.0.1:${emulator.port}`]) {
      expect((await fetch(`${url}/health`)).status).toBe(200);
    }
    await emulator.close();
  });

  it('rejects if a port is in use, and then listens on none', async () => {
    const first = await startTestEmulator();
    await expect(startTestEmulator({}, { port: first.port })).rejects.toMatchObject({
      code: 'EADDRINUSE',
      port: first.port,
    });
    const free = await startTestEmulator();
    await free.close();
    await expect(
      startTestEmulator({}, { port: free.port, administrationPort: first.port }),
    ).rejects.toMatchObject({ code: 'EADDRINUSE', port: first.port });
    await (await startTestEmulator({}, { port: free.port })).close();
    await first.close();
  });

  it('rejects invalid entities', async () => {
    await expect(
      startTestEmulator({
        topics: [
          {
            name: 't',
            subscriptions: [
              { name: 's', rules: [{ name: 'r', filter: { kind: 'sql', expression: '= =' } }] },
            ],
          },
        ],
      }),
    ).rejects.toMatchObject({ name: 'BrokerError', condition: 'com.microsoft:argument-error' });
  });

  it('can run several at once, each with its own messages', async () => {
    const emulators = await Promise.all([1, 2, 3].map(() => startTestEmulator({ queues: ['orders'] })));
    const clients = emulators.map(({ connectionString }) => new ServiceBusClient(connectionString, QUICK));
    await clients[1]!.createSender('orders').sendMessages({ body: 1 });
    expect(emulators.map((emulator) => emulator.entity('orders').counts.active)).toEqual([0, 1, 0]);
    await Promise.all(clients.map((client) => client.close()));
    await Promise.all(emulators.map((emulator) => emulator.close()));
  });
});

describe('the inspection of an entity', () => {
  const scene = emulatorScene({ queues: ['orders'], topics: [{ name: 'events', subscriptions: ['all'] }] });

  it('shows its messages without touching them', async () => {
    await scene.send(
      'orders',
      { body: 1, messageId: 'locked', applicationProperties: { color: 'blue' } },
      { body: 2, messageId: 'deferred' },
      { body: 3, messageId: 'active', sessionId: 's' },
      { body: 4, messageId: 'scheduled', scheduledEnqueueTimeUtc: new Date(scene.clock.now() + 60_000) },
    );
    const receiver = scene.receiver('orders');
    const [, second] = await receiveAll(receiver, 2);
    await receiver.deferMessage(second!);

    const entity = scene.entity('ORDERS');
    const messages = entity.messages();
    expect(messages).toMatchObject([
      { sequenceNumber: 1, messageId: 'locked', state: 'active', locked: true, deliveryCount: 0 },
      { sequenceNumber: 2, messageId: 'deferred', state: 'deferred', locked: false },
      { sequenceNumber: 3, messageId: 'active', state: 'active', sessionId: 's', locked: false },
      { sequenceNumber: 4, messageId: 'scheduled', state: 'scheduled' },
    ]);
    expect(messages[0]!.applicationProperty('Color')).toBe('blue');
    expect(messages[0]!.enqueuedTime.getTime()).toBeCloseTo(scene.clock.now(), -1);
    expect(entity.counts).toEqual({ active: 2, deferred: 1, scheduled: 1 });
    expect(entity).toMatchObject({ lockedCount: 1, receiverCount: 1 });
  });

  it('shows bodies as the SDK gives them', async () => {
    await scene.send(
      'events',
      { body: { nested: [1, null] }, subject: 's', correlationId: 'c' },
      { body: 'text' },
      { body: Buffer.from([0, 255]) },
      { bodyType: 'value', body: { answer: 42 } } as never,
      { bodyType: 'sequence', body: [[1, 2]] } as never,
    );
    const messages = scene.entity('events/Subscriptions/all').messages();
    expect(messages[0]).toMatchObject({ subject: 's', correlationId: 'c' });
    expect(messages.map(({ body }) => body)).toEqual([
      { nested: [1, null] },
      'text',
      Buffer.from([0, 255]),
      { answer: 42 },
      [[1, 2]],
    ]);
  });

  it('takes the addresses of subscriptions and dead-letter queues, and fails for what is not there', () => {
    expect(scene.entity('events/Subscriptions/all').counts.deferred).toBe(0);
    expect(scene.entity('orders/$DeadLetterQueue').messages()).toEqual([]);
    expect(() => scene.entity('missing')).toThrow(/could not be found/);
    expect(() => scene.entity('events')).toThrow(/topic/);
  });
});

describe('reset', () => {
  const scene = emulatorScene({
    queues: ['orders', { name: 'detecting', requiresDuplicateDetection: true }],
    topics: [{ name: 'events', subscriptions: ['all'] }],
  });

  it('drops messages, states and faults, and makes the entities anew', async () => {
    await scene.send('orders', { body: 1 }, { body: 2 });
    await scene.send('detecting', { body: 1, messageId: 'm' });
    await scene.send('events', { body: 1 });
    const manager = scene.client.createRuleManager('events', 'all');
    await manager.deleteRule('$Default');
    scene.emulator.faults.refuseSends(100, 'amqp:not-allowed');

    scene.emulator.reset();
    for (const address of ['orders', 'detecting', 'events/Subscriptions/all']) {
      expect(scene.entity(address).messages()).toEqual([]);
    }
    await scene.send('detecting', { body: 2, messageId: 'm' });
    await scene.send('events', { body: 2 });
    expect(scene.entity('events/Subscriptions/all').messages()).toMatchObject([{ sequenceNumber: 1 }]);
    expect(scene.entity('detecting').messages()).toMatchObject([{ sequenceNumber: 1 }]);
  });

  it('leaves clients working', async () => {
    const sender = scene.client.createSender('orders');
    const receiver = scene.receiver('orders');
    const streamed: unknown[] = [];
    const streaming = scene.receiver('detecting');
    streaming.subscribe({
      processMessage: ({ body }) => Promise.resolve(void streamed.push(body)),
      processError: () => Promise.resolve(),
    });
    await sender.sendMessages({ body: 'before' });
    await receiveOne(receiver);
    await until(() => scene.entity('detecting').receiverCount === 1);

    scene.emulator.reset();
    await sender.sendMessages({ body: 'after' });
    expect((await receiveOne(receiver)).body).toBe('after');
    await scene.send('detecting', { body: 'streamed' });
    await until(() => streamed.includes('streamed'));
    await streaming.close();
  });

  it('voids the locks of before', async () => {
    await scene.send('orders', { body: 1 });
    const receiver = scene.receiver('orders');
    const message = await receiveOne(receiver);
    scene.emulator.reset();
    await expect(receiver.completeMessage(message)).rejects.toMatchObject({ name: 'ServiceBusError' });
    expect(scene.entity('orders').messages()).toEqual([]);
  });
});

describe('the addresses of an emulator', () => {
  const hasIpv6 = Object.values(networkInterfaces()).some((list) =>
    list?.some(({ address }) => address === '::1'),
  );

  async function answers(host: string, port: number): Promise<boolean> {
    const socket = connect(port, host);
    try {
      await once(socket, 'connect');
      return true;
    } catch {
      return false;
    } finally {
      socket.destroy();
    }
  }

  it('are those of localhost, whichever of them a client takes', async () => {
    const emulator = await startTestEmulator({}, { host: 'localhost' });
    expect(await answers('127.0.0.1', emulator.port)).toBe(true);
    expect(await answers('::1', emulator.port)).toBe(hasIpv6);
    expect(emulator.connectionString).toContain('sb://127.0.0.1:');
    await emulator.close();
    expect(await answers('127.0.0.1', emulator.port)).toBe(false);
    expect(await answers('::1', emulator.port)).toBe(false);
  });

  it('are the one that its connection string names, unless it is told', async () => {
    const emulator = await startTestEmulator();
    expect(emulator.connectionString).toContain('sb://127.0.0.1:');
    expect(await answers('127.0.0.1', emulator.port)).toBe(true);
    expect(await answers('::1', emulator.port)).toBe(false);
    await emulator.close();
  });
});
