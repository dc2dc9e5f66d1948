import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { lastValueFrom, toArray } from 'rxjs';

import { startEmulator } from 'service-bus-emulator';
import { until } from '../../../test/support/until.js';
import { ServiceBusClientProxy, type ServiceBusClientProxyOptions } from '../src/index.js';
import { serviceBusScene } from './support/service-bus-scene.js';

const SHARED = { replyQueue: 'shared-replies', replyQueueRequiresSession: true };

describe('the connection of ServiceBusClientProxy', () => {
  const queues = [
    'work',
    'replies',
    { name: 'shared-replies', requiresSession: true, lockDurationMs: 2_000 },
  ];
  const clients: ServiceBusClientProxy[] = [];
  // Declared before the scene's hook, so that the clients are closed while their broker still runs.
  beforeEach(() => {
    Logger.overrideLogger(false);
  });
  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.close()));
    Logger.overrideLogger(['error']);
  });
  const scene = serviceBusScene({ entities: { queues } });

  function makeClient(options: Partial<ServiceBusClientProxyOptions> = {}): ServiceBusClientProxy {
    const { connectionString } = scene.emulator;
    const client = new ServiceBusClientProxy({ connectionString, replyQueue: 'replies', ...options });
    clients.push(client);
    return client;
  }

  const ask = (client: ServiceBusClientProxy, data: unknown): Promise<unknown> =>
    lastValueFrom(client.send('work', data));

  const receivers = (queue: string): number => scene.emulator.entity(queue).receiverCount;

  it('is opened on first use, and only once', async () => {
    const client = makeClient();
    expect(() => client.unwrap()).toThrow('not connected yet');
    await Promise.all([client.connect(), client.connect(), client.connect()]);
    await client.connect();
    expect(receivers('replies')).toBe(1);
    expect(client.unwrap()).toHaveProperty('fullyQualifiedNamespace');
  });

  it('fails if the reply queue is missing, and is tried again on the next use', async () => {
    const client = makeClient({ replyQueue: 'missing' });
    for (let tries = 0; tries < 2; tries++) {
      await expect(client.connect()).rejects.toMatchObject({ code: 'MessagingEntityNotFound' });
    }
    await expect(lastValueFrom(client.emit('work', 1))).rejects.toMatchObject({
      code: 'MessagingEntityNotFound',
    });
  });

  it.each([
    ['a queue with sessions as a plain one', { replyQueue: 'shared-replies' }],
    ['a plain queue as one with sessions', { replyQueue: 'replies', replyQueueRequiresSession: true }],
  ])('fails when the options take %s', async (_, options) => {
    await expect(makeClient(options).connect()).rejects.toMatchObject({ name: 'ServiceBusError' });
    await until(() => receivers('replies') + receivers('shared-replies') === 0);
  });

  it('fails while the broker is down, and works once it is back', async () => {
    const { port } = scene.emulator;
    await scene.emulator.close();
    const client = makeClient();
    await expect(client.connect()).rejects.toBeInstanceOf(Error);
    scene.emulator = await startEmulator({ port, administrationPort: false, entities: { queues } });
    await scene.startWork((payload) => payload);
    expect(await ask(client, 'again')).toBe('again');
  });

  it('is opened again after close()', async () => {
    await scene.startWork((payload) => payload);
    const client = makeClient();
    expect(await ask(client, 1)).toBe(1);
    await client.close();
    expect(() => client.unwrap()).toThrow('not connected yet');
    expect(await ask(client, 2)).toBe(2);
  });

  it('can be closed while it is being opened', async () => {
    const client = makeClient();
    const connecting = client.connect();
    await client.close();
    await connecting;
    await until(() => receivers('replies') === 0);
    expect(() => client.unwrap()).toThrow('not connected yet');
  });

  describe.each([
    ['a queue of its own', { replyQueue: 'replies' }],
    ['a session of its own', SHARED],
  ])('with replies in %s', (_, replies) => {
    it('receives replies again after a lost link and a lost connection', async () => {
      await scene.startWork((payload) => payload);
      const client = makeClient(replies);
      const statuses: string[] = [];
      const errors: Error[] = [];
      client.on('error', (error) => errors.push(error));
      expect(await ask(client, 1)).toBe(1);
      client.status.subscribe((status) => statuses.push(status));

      scene.emulator.detachLinks(replies.replyQueue);
      await until(() => statuses.at(-1) === 'connected' && receivers(replies.replyQueue) === 1);
      expect(await ask(client, 2)).toBe(2);
      expect(errors.length).toBeGreaterThan(0);

      scene.emulator.dropConnections();
      expect(await ask(client, 3)).toBe(3);
    });
  });

  it('keeps the replies of instances that share a queue apart by session', async () => {
    await scene.startWork((payload) => [payload, payload]);
    const [one, two] = [makeClient(SHARED), makeClient(SHARED)];
    const numbers = Array.from({ length: 50 }, (_, index) => index);
    const replies = await Promise.all(
      numbers.flatMap((number) => [ask(one, `one ${number}`), ask(two, `two ${number}`)]),
    );
    expect(replies).toEqual(
      numbers.flatMap((number) => [
        [`one ${number}`, `one ${number}`],
        [`two ${number}`, `two ${number}`],
      ]),
    );
    await until(() => scene.left('shared-replies') === 0);
  });

  it('holds its session beyond the duration of one lock', async () => {
    const client = makeClient({ ...SHARED, requestTimeoutMs: 15_000 });
    const values = lastValueFrom(client.send('work', 1).pipe(toArray()));
    const [request] = await scene.take('work');
    const errors: Error[] = [];
    client.on('error', (error) => errors.push(error));
    const sessionId = request?.replyToSessionId ?? '';
    // The first lock lasts 2 s; even after that, nobody else can accept the session.
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    await expect(scene.client.acceptSession('shared-replies', sessionId)).rejects.toMatchObject({
      code: 'SessionCannotBeLocked',
    });
    await scene.send('shared-replies', { body: 'late', sessionId, correlationId: request?.correlationId });
    expect(await values).toEqual(['late']);
    expect(errors).toEqual([]);
  });
});
