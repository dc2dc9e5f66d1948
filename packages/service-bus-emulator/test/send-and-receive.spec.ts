import { ServiceBusClient, type ServiceBusMessage } from '@azure/service-bus';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { type Emulator } from '../src/index.js';
import { startTestEmulator } from '../../../test/support/start-emulator.js';

describe('sending and receiving', () => {
  let emulator: Emulator;
  let client: ServiceBusClient;

  beforeAll(async () => {
    emulator = await startTestEmulator({
      queues: ['plain', 'many', 'burst', 'slash', 'header', { name: 'mixed', requiresSession: true }],
    });
    client = new ServiceBusClient(emulator.connectionString);
  });

  afterAll(async () => {
    await client.close();
    await emulator.close();
  });

  it('takes a connection string whose endpoint ends with a slash', async () => {
    const slashed = emulator.connectionString.replace(/(Endpoint=sb:[^;]*);/, '$1/;');
    expect(slashed).toMatch(/:\d+\/;/);
    const other = new ServiceBusClient(slashed);
    await other.createSender('slash').sendMessages({ body: 1 });
    expect(await other.createReceiver('slash').peekMessages(1)).toHaveLength(1);
    await other.close();
  });

  it('gives back every header field that the producer has set', async () => {
    const header = {
      durable: false,
      priority: 20,
      timeToLive: 100_000,
      firstAcquirer: false,
      deliveryCount: 10,
    };
    const annotated = { body: 'x', bodyType: 'data', header } as ServiceBusMessage;
    await client.createSender('header').sendMessages(annotated);
    const receiver = client.createReceiver('header', { receiveMode: 'receiveAndDelete' });
    const [message] = await receiver.receiveMessages(1, { maxWaitTimeInMs: 5_000 });
    // The delivery count is the broker's.
    expect(message!._rawAmqpMessage.header).toEqual({ ...header, deliveryCount: 0 });
  });

  it('delivers what was sent, and completes it', async () => {
    const sender = client.createSender('plain');
    const receiver = client.createReceiver('plain');
    await sender.sendMessages({
      body: { hello: 'world' },
      messageId: 'one',
      applicationProperties: { number: 7 },
    });

    const [message] = await receiver.receiveMessages(1, { maxWaitTimeInMs: 5_000 });
    expect(message).toMatchObject({
      body: { hello: 'world' },
      messageId: 'one',
      applicationProperties: { number: 7 },
      deliveryCount: 0,
    });
    await receiver.completeMessage(message!);
    expect(emulator.entity('plain').messages()).toEqual([]);
    await receiver.close();
    await sender.close();
  });

  it('passes more than 2,048 messages through one receiver', async () => {
    const sender = client.createSender('many');
    const receiver = client.createReceiver('many');
    const count = 2_600;
    for (let sent = 0; sent < count; sent += 100) {
      await sender.sendMessages(Array.from({ length: 100 }, (_, index) => ({ body: sent + index })));
    }
    const bodies: number[] = [];
    while (bodies.length < count) {
      const messages = await receiver.receiveMessages(500, { maxWaitTimeInMs: 5_000 });
      expect(messages.length).toBeGreaterThan(0);
      await Promise.all(messages.map((message) => receiver.completeMessage(message)));
      bodies.push(...messages.map((message) => message.body as number));
    }
    expect(bodies).toEqual(Array.from({ length: count }, (_, index) => index));
    expect(emulator.entity('many').counts.active).toBe(0);
    await receiver.close();
    await sender.close();
  });

  it('accepts 3,000 concurrent sends without refusing one', async () => {
    const sender = client.createSender('burst');
    await Promise.all(Array.from({ length: 3_000 }, (_, index) => sender.sendMessages({ body: index })));
    expect(emulator.entity('burst').counts.active).toBe(3_000);
    await sender.close();
  });

  // rhea would answer the second of two neighbours with the outcome of the first.
  it('tells each of the sends that arrive together its own outcome', async () => {
    const sender = client.createSender('mixed');
    await sender.sendMessages({ body: 'open', sessionId: 's' });
    // The queue refuses what has no session id.
    const sessionIds = ['s', undefined, 's', 's', undefined, undefined, 's', undefined];
    const results = await Promise.allSettled(
      sessionIds.map((sessionId) => sender.sendMessages({ body: 'x', sessionId })),
    );
    expect(results.map(({ status }) => status)).toEqual(
      sessionIds.map((sessionId) => (sessionId ? 'fulfilled' : 'rejected')),
    );
    expect(emulator.entity('mixed').counts.active).toBe(5);
  });
});
