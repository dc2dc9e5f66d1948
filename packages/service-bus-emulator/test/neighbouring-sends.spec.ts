import { ServiceBusClient } from '@azure/service-bus';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { type Emulator } from '../src/index.js';
import { startTestEmulator } from '../../../test/support/start-emulator.js';

describe('sends that arrive together', () => {
  let emulator: Emulator;
  let client: ServiceBusClient;

  beforeAll(async () => {
    emulator = await startTestEmulator({ queues: [{ name: 'mixed', requiresSession: true }] });
    client = new ServiceBusClient(emulator.connectionString);
  });

  afterAll(async () => {
    await client.close();
    await emulator.close();
  });

  // rhea would answer the second of two neighbours with the outcome of the first.
  it('each get their own outcome', async () => {
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
