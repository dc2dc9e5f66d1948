import { ServiceBusClient, type ServiceBusMessageBatch } from '@azure/service-bus';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';

import { type Emulator, startEmulator } from 'service-bus-emulator';
import { switchOffFastLane } from '../src/sdk/fast-lane/fast-lane.js';
import { contextOf } from '../src/sdk/sdk-context.js';
import { SendingLink } from '../src/sdk/sending/sending-link.js';
import { SenderPool } from '../src/send/sender-pool.js';

const KILOBYTE = 1_024;

describe('sends that travel as batches', () => {
  let emulator: Emulator;
  let client: ServiceBusClient;

  beforeEach(async () => {
    const queue = { name: 'work', maxMessageSizeInKilobytes: 102_400 };
    const queues = [
      queue,
      { name: 'partitioned', enablePartitioning: true },
      { name: 'unique', enablePartitioning: true, requiresDuplicateDetection: true },
    ];
    emulator = await startEmulator({ port: 0, administrationPort: false, entities: { queues } });
    client = new ServiceBusClient(emulator.connectionString);
  });

  afterEach(async () => {
    jest.restoreAllMocks();
    await client.close();
    await emulator.close();
  });

  it.each([true, false])(
    'are never larger than any tier takes, whatever the link takes; fast lane: %s',
    async (isFast) => {
      if (!isFast) switchOffFastLane(contextOf(client) ?? {});
      const pool = new SenderPool(client);
      const transfer = jest.spyOn(SendingLink.prototype, 'transfer');
      const body = 'x'.repeat(32 * KILOBYTE);
      await Promise.all(Array.from({ length: 200 }, () => pool.get('work').send({ body })));
      const sizes = transfer.mock.calls.map(([batch]) => (batch as ServiceBusMessageBatch).sizeInBytes);
      expect(Math.max(...sizes)).toBeLessThanOrEqual(256 * KILOBYTE);
      expect(Math.max(...sizes)).toBeGreaterThan(128 * KILOBYTE);
      expect(emulator.entity('work').counts.active).toBe(200);
      await pool.close();
    },
  );

  it.each(['partitioned', 'unique'])('are what the entity takes together, where it is %s', async (queue) => {
    const pool = new SenderPool(client);
    const transfer = jest.spyOn(SendingLink.prototype, 'transfer');
    const sendMany = async (round: number): Promise<number> => {
      transfer.mockClear();
      const sends = Array.from({ length: 120 }, (_, index) => {
        const key = `k${index % 4}`;
        const place = index % 3 === 0 ? { sessionId: key } : index % 3 === 1 ? { partitionKey: key } : {};
        return pool.get(queue).send({ body: index, messageId: `${round}-${index}`, ...place });
      });
      await Promise.all(sends);
      return transfer.mock.calls.length;
    };
    await sendMany(1);
    // What was learnt from the first refusal spares the next ones theirs.
    const transfers = await sendMany(2);
    expect(transfers).toBeLessThanOrEqual(queue === 'partitioned' ? 12 : 120);
    expect(emulator.entity(queue).counts.active).toBe(240);
    const numbers = emulator
      .entity(queue)
      .messages()
      .map(({ body }) => body as number);
    expect(new Set(numbers).size).toBe(120);
    await pool.close();
  });
});
