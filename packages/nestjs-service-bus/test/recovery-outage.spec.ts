import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { ServiceBusClient } from '@azure/service-bus';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { type Emulator, startEmulator } from 'service-bus-emulator';
import { until } from '../../../test/support/until.js';
import { ServiceBusModule } from '../src/index.js';
import { type ServiceBusApp, startServiceBusApp } from './support/start-service-bus-app.js';
import { WORK_HANDLER, WorkController } from './support/work-controller.js';

const AWAY_MS = 3_000;
const BACK_WITHIN_MS = 10_000;

describe('a broker that is down for a while', () => {
  let dataDirectory: string;
  let emulator: Emulator;
  let app: ServiceBusApp;
  let finish: () => void;
  let attempts: number[];

  beforeEach(async () => {
    dataDirectory = await mkdtemp(path.join(tmpdir(), 'outage-'));
    emulator = await start(0);
    attempts = [];
    const done = new Promise<void>((resolve) => (finish = resolve));
    const handler = async (_payload: unknown, { attempt }: { attempt: number }): Promise<string> => {
      attempts.push(attempt);
      await done;
      return 'result';
    };
    app = await startServiceBusApp(emulator.connectionString, {
      controllers: [WorkController],
      providers: [{ provide: WORK_HANDLER, useValue: handler }],
      imports: [
        ServiceBusModule.forFeature({
          pattern: 'work',
          replyTo: 'out',
          retry: { maxAttempts: 2, delayMs: 100 },
        }),
      ],
    });
    await app.receiving();
  });

  afterEach(async () => {
    await app.close();
    await emulator.close();
    await rm(dataDirectory, { recursive: true });
  });

  function start(port: number): Promise<Emulator> {
    return startEmulator({
      port,
      administrationPort: false,
      dataDirectory,
      entities: { queues: ['work', 'out', 'replies'] },
    });
  }

  async function send(replyTo?: string): Promise<void> {
    const client = new ServiceBusClient(emulator.connectionString);
    await client.createSender('work').sendMessages({ body: 1, messageId: 'm', replyTo });
    await client.close();
    await until(() => attempts.length === 1);
  }

  it.each([
    ['out', undefined],
    ['replies', 'replies'],
  ])('costs no attempt of a message whose result goes to %s', async (destination, replyTo) => {
    await send(replyTo);
    const { port } = emulator;
    await emulator.close();
    finish();
    await until(() => app.server.health()[0]?.state === 'failing');
    await new Promise((resolve) => setTimeout(resolve, AWAY_MS));
    emulator = await start(port);
    await until(
      () => emulator.entity('work').messageCount === 0 && emulator.entity(destination).counts.active > 0,
      BACK_WITHIN_MS,
    );
    expect(emulator.entity('work/$DeadLetterQueue').messages()).toEqual([]);
    // The lock was lost with the broker: the next delivery counts as the first attempt again.
    expect(Math.max(...attempts)).toBe(1);
  });
});
