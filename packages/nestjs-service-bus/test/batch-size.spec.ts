import { ServiceBusClient, type ServiceBusMessageBatch } from '@azure/service-bus';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';

import { type Emulator, startEmulator } from 'service-bus-emulator';
import { letSdkTimersGo } from '../../../test/support/let-sdk-timers-go.js';
import { switchOffFastLane } from '../src/sdk/fast-lane/fast-lane.js';
import { contextOf } from '../src/sdk/sdk-context.js';
import { SenderPool } from '../src/send/sender-pool.js';

const KILOBYTE = 1_024;

describe('sends that travel as batches, where the link takes messages of 100 MB', () => {
  letSdkTimersGo();
  let emulator: Emulator;
  let client: ServiceBusClient;

  beforeEach(async () => {
    const queue = { name: 'work', maxMessageSizeInKilobytes: 102_400 };
    emulator = await startEmulator({ port: 0, administrationPort: false, entities: { queues: [queue] } });
    client = new ServiceBusClient(emulator.connectionString);
  });

  afterEach(async () => {
    await client.close();
    await emulator.close();
  });

  it.each([true, false])('are never larger than any tier takes, with the fast lane: %s', async (isFast) => {
    if (!isFast) switchOffFastLane(contextOf(client) ?? {});
    const pool = new SenderPool(client);
    const sendMessages = jest.spyOn(pool.sdkSender('work'), 'sendMessages');
    const body = 'x'.repeat(32 * KILOBYTE);
    await Promise.all(Array.from({ length: 200 }, () => pool.get('work').send({ body })));
    const sizes = sendMessages.mock.calls.map(([batch]) => (batch as ServiceBusMessageBatch).sizeInBytes);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(256 * KILOBYTE);
    expect(Math.max(...sizes)).toBeGreaterThan(128 * KILOBYTE);
    expect(emulator.entity('work').counts.active).toBe(200);
    await pool.close();
  });
});
