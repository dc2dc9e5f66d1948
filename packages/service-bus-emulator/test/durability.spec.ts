import { ServiceBusClient } from '@azure/service-bus';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { type Emulator } from '../src/index.js';
import { startTestEmulator } from '../../../test/support/start-emulator.js';

const ENTITIES = {
  queues: [
    'orders',
    { name: 'grouped', requiresSession: true },
    { name: 'once', requiresDuplicateDetection: true },
    { name: 'gone' },
  ],
  topics: [
    {
      name: 'events',
      subscriptions: [
        {
          name: 'red',
          rules: [{ name: 'r', filter: { kind: 'sql' as const, expression: "color = 'red'" } }],
        },
      ],
    },
  ],
};

describe('a data directory', () => {
  let directory: string;
  let emulator: Emulator;
  let client: ServiceBusClient;

  async function start(entities = ENTITIES): Promise<void> {
    emulator = await startTestEmulator(entities, { dataDirectory: directory });
    client = new ServiceBusClient(emulator.connectionString);
  }

  async function restart(entities?: typeof ENTITIES): Promise<void> {
    await client.close();
    await emulator.close();
    await start(entities);
  }

  beforeEach(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'emulator-'));
    await start();
  });

  afterEach(async () => {
    await client.close();
    await emulator.close();
    await rm(directory, { recursive: true });
  });

  it('keeps messages, their order, and how often they were delivered', async () => {
    const sender = client.createSender('orders');
    await sender.sendMessages([
      { body: 'one', messageId: '1', applicationProperties: { number: 7 } },
      { body: 'two', messageId: '2' },
    ]);
    const receiver = client.createReceiver('orders');
    const [first] = await receiver.receiveMessages(1);
    await receiver.abandonMessage(first!);
    await restart();

    const again = await client.createReceiver('orders').receiveMessages(2, { maxWaitTimeInMs: 2_000 });
    expect(again.map(({ body }) => body as string)).toEqual(['one', 'two']);
    expect(again[0]).toMatchObject({ deliveryCount: 1, applicationProperties: { number: 7 } });
    expect(again[0]?.enqueuedTimeUtc).toEqual(first?.enqueuedTimeUtc);
    expect(again[0]?.sequenceNumber).toEqual(first?.sequenceNumber);
  });

  it('forgets what was completed, and never gives a number twice', async () => {
    const sender = client.createSender('orders');
    await sender.sendMessages({ body: 'one' });
    const receiver = client.createReceiver('orders');
    const [first] = await receiver.receiveMessages(1);
    await receiver.completeMessage(first!);
    await restart();

    expect(emulator.entity('orders').messages()).toEqual([]);
    await client.createSender('orders').sendMessages({ body: 'two' });
    const [second] = await client.createReceiver('orders').receiveMessages(1);
    expect(second?.sequenceNumber?.toNumber()).toBeGreaterThan(first!.sequenceNumber!.toNumber());
  });

  it('keeps deferred, scheduled and dead-lettered messages', async () => {
    const sender = client.createSender('orders');
    await sender.sendMessages([{ body: 'later' }, { body: 'dead' }]);
    await sender.scheduleMessages({ body: 'tomorrow' }, new Date(Date.now() + 86_400_000));
    const receiver = client.createReceiver('orders');
    const [later, dead] = await receiver.receiveMessages(2);
    await receiver.deferMessage(later!);
    await receiver.deadLetterMessage(dead!, {
      deadLetterReason: 'Broken',
      deadLetterErrorDescription: 'for good',
    });
    await restart();

    expect(emulator.entity('orders').counts).toEqual({ active: 0, deferred: 1, scheduled: 1 });
    const deferred = await client.createReceiver('orders').receiveDeferredMessages(later!.sequenceNumber!);
    expect(deferred[0]?.body).toBe('later');
    const [letter] = await client.createReceiver('orders', { subQueueType: 'deadLetter' }).receiveMessages(1);
    expect(letter).toMatchObject({ body: 'dead', deadLetterReason: 'Broken' });
  });

  it('keeps the state of sessions', async () => {
    await client.createSender('grouped').sendMessages({ body: 'x', sessionId: 'a' });
    const session = await client.acceptSession('grouped', 'a');
    await session.setSessionState({ step: 3 });
    await restart();

    const again = await client.acceptNextSession('grouped');
    expect(again.sessionId).toBe('a');
    expect(await again.getSessionState()).toEqual({ step: 3 });
  });

  it('still drops duplicates of what it took before', async () => {
    await client.createSender('once').sendMessages({ body: 'x', messageId: 'same' });
    await restart();
    await client.createSender('once').sendMessages({ body: 'x', messageId: 'same' });
    expect(emulator.entity('once').counts.active).toBe(1);
  });

  it('keeps entities that are no longer declared, with their rules', async () => {
    await restart({ queues: [], topics: [] });
    const sender = client.createSender('events');
    await sender.sendMessages([
      { body: 'r', applicationProperties: { color: 'red' } },
      { body: 'b', applicationProperties: { color: 'blue' } },
    ]);
    expect(emulator.entity('events/Subscriptions/red').counts.active).toBe(1);
  });

  it('refuses a directory that another emulator uses', async () => {
    await expect(startTestEmulator({}, { dataDirectory: directory })).rejects.toThrow(
      `${directory}: another process uses this directory`,
    );
  });
});
