import { ServiceBusClient } from '@azure/service-bus';
import { describe, expect, it } from '@jest/globals';

import { startEmulator } from 'service-bus-emulator';
import { until } from '../../../test/support/until.js';
import { serviceBusScene } from './support/service-bus-scene.js';
import { startServiceBusApp } from './support/start-service-bus-app.js';
import { WORK_HANDLER, WorkController } from './support/work-controller.js';

describe.each([
  ['outlive their link', false],
  ['end with their link', true],
])('a broken connection, with locks that %s', (_what, locksEndWithLink) => {
  // What was on its way when the connection broke comes again when its lock ends.
  const work = { name: 'work', lockDurationMs: 5_000 };
  const scene = serviceBusScene({ locksEndWithLink, entities: { queues: [work, 'out'] } });

  it.each([
    ['a forced detach', () => scene.emulator.detachLinks('work')],
    ['a dropped connection', () => scene.emulator.dropConnections()],
    ['an expired token', () => scene.emulator.expireTokens()],
  ])('%s under load loses nothing', async (_what, breakIt) => {
    let done = 0;
    await scene.startWork(
      (payload) => {
        done++;
        return payload;
      },
      { replyTo: 'out', maxConcurrentCalls: 20, retry: { maxAttempts: 50 } },
    );
    // On a queue without sessions, a session id is just another property.
    const messages = Array.from({ length: 1_000 }, (_, index) => ({
      body: index,
      messageId: `m${index}`,
      sessionId: index % 2 === 0 ? 'even' : undefined,
    }));
    await scene.send('work', ...messages);
    for (const at of [200, 500]) {
      await until(() => done >= at);
      breakIt();
    }
    await until(() => scene.left('work') === 0, 30_000);
    const ids = scene.emulator
      .entity('out')
      .messages()
      .map(({ messageId }) => messageId);
    expect(new Set(ids).size).toBe(1_000);
  });

  it('is recovered from while idle', async () => {
    const app = await scene.startWork((payload) => payload, { replyTo: 'out' });
    scene.emulator.dropConnections();
    await app.receiving();
    await scene.send('work', { body: 'after' });
    const [reply] = await scene.take('out');
    expect(reply?.body).toBe('after');
  });
});

describe('a half-open connection', () => {
  // Messages that the broker sends on the dead connection stay locked for this long.
  const work = { name: 'work', lockDurationMs: 1_000 };
  const scene = serviceBusScene({ entities: { queues: [work, 'out'] } });
  const WITHIN_MS = 10_000;
  // Each delivery to the dead connection loses its lock after a second, and counts as an attempt.
  const retry = { maxAttempts: 50 };

  it('is abandoned in time, for receiving and for sending', async () => {
    let done = 0;
    await scene.startWork(
      (payload) => {
        done++;
        return payload;
      },
      { replyTo: 'out', retry },
    );
    await scene.send('work', { body: 'before' });
    await until(() => scene.left('out') === 1);
    scene.emulator.faults.silenceConnections();
    const diedAtMs = Date.now();
    const client = new ServiceBusClient(scene.emulator.connectionString);
    await client.createSender('work').sendMessages({ body: 'after' });
    await client.close();
    await until(() => done >= 2 && scene.left('out') === 2 && scene.left('work') === 0, WITHIN_MS);
    expect(Date.now() - diedAtMs).toBeLessThan(WITHIN_MS);
    scene.emulator.faults.clear();
  });

  it('is abandoned in time while a token is in flight', async () => {
    const seen: unknown[] = [];
    const app = await scene.startWork((payload) => void seen.push(payload), { retry });
    scene.emulator.faults.silenceConnections();
    // The first request needs a token for the management node.
    const receiver = app.server.unwrap<ServiceBusClient>().createReceiver('work');
    const peeking = receiver.peekMessages(1).catch((error: Error) => error.message);
    const client = new ServiceBusClient(scene.emulator.connectionString);
    await client.createSender('work').sendMessages({ body: 'after' });
    await client.close();
    await until(() => seen.length > 0, WITHIN_MS);
    expect(await peeking).toMatch(/connection was lost/);
    scene.emulator.faults.clear();
  });

  it('is told apart from an idle connection', async () => {
    const app = await scene.startWork(() => undefined);
    const lost: string[] = [];
    app.server.status.subscribe((status) => lost.push(status));
    await new Promise((resolve) => setTimeout(resolve, WITHIN_MS));
    expect(lost).not.toContain('disconnected');
    expect(scene.emulator.entity('work').receiverCount).toBe(1);
  });
});

describe('a broker that is down at the start', () => {
  it('leaves the application up but not ready; it receives as soon as the broker is up', async () => {
    const first = await startEmulator({ port: 0, administrationPort: false });
    const { connectionString, port } = first;
    await first.close();
    const seen: unknown[] = [];
    const app = await startServiceBusApp(connectionString, {
      controllers: [WorkController],
      providers: [{ provide: WORK_HANDLER, useValue: (payload: unknown) => seen.push(payload) }],
    });
    try {
      await until(() => app.server.health()[0]?.state === 'failing');
      const health = await app.health.isHealthy();
      expect(health['service-bus:work']?.status).toBe('down');
      expect(health['service-bus:work']?.['error']).toMatchObject({ message: expect.any(String) });
      const emulator = await startEmulator({
        port,
        administrationPort: false,
        entities: { queues: ['work'] },
      });
      try {
        await app.receiving();
        expect((await app.health.isHealthy())['service-bus:work']?.status).toBe('up');
      } finally {
        await emulator.close();
      }
    } finally {
      await app.close();
    }
  });
});
