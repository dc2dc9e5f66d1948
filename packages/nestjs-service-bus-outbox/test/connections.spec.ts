import { gunzipSync } from 'node:zlib';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Test } from '@nestjs/testing';
import {
  contract,
  getServiceBusPublisherToken,
  getServiceBusSendersToken,
  ServiceBusModule,
  ServiceBusPublisher,
} from 'nestjs-service-bus';
import { cloudEvents, gzip } from 'nestjs-service-bus/formats';
import { type Emulator, startEmulator } from 'service-bus-emulator';

import { until } from '../../../test/support/until.js';
import { OutboxModule } from '../src/index.js';
import { outboxScene } from './support/outbox-scene.js';

class OrderDto {
  id!: number;
  text?: string;
}
const OrderPlaced = contract('com.shop.order-placed', OrderDto, { to: 'out', validate: false });

describe('the outbox of several namespaces', () => {
  const scene = outboxScene({ entities: { queues: ['out', 'other'] } });
  let reports: Emulator;
  beforeEach(async () => {
    reports = await startEmulator({
      port: 0,
      administrationPort: false,
      entities: { queues: ['out', 'counted'] },
    });
  });
  afterEach(() => reports.close());

  const named = (): ReturnType<typeof ServiceBusModule.forRoot> =>
    ServiceBusModule.forRoot({
      name: 'reports',
      connectionString: reports.connectionString,
      retryOptions: { maxRetries: 0 },
      formats: [cloudEvents({ source: '/reports' })],
    });
  const bodiesOfReports = (entity: string): unknown[] =>
    reports
      .entity(entity)
      .messages()
      .map(({ body }) => body);

  it('sends each message to its namespace, also where their queues have one name', async () => {
    const { outbox } = await scene.start({ imports: [named()], options: { connections: ['reports'] } });
    await scene.transaction(async (transaction) => {
      await outbox.addAll(transaction, [
        { to: 'out', payload: 1 },
        { to: 'out', connection: 'reports', payload: 2, orderingKey: 'a' },
        { to: 'out', connection: 'reports', payload: 3, orderingKey: 'a' },
        { to: 'out', connection: 'default', payload: 4 },
      ]);
    });
    await scene.delivered();
    expect(scene.bodies('out').sort()).toEqual([1, 4]);
    expect(bodiesOfReports('out')).toEqual([2, 3]);
  });

  it('goes on with one namespace while the other is away, and says which', async () => {
    const { outbox, health } = await scene.start({
      imports: [named()],
      options: { connections: ['reports'] },
    });
    const { port } = reports;
    await reports.close();
    await scene.transaction(async (transaction) => {
      await outbox.add(transaction, { to: 'out', connection: 'reports', payload: 1 });
      await outbox.add(transaction, { to: 'out', payload: 2 });
    });
    await until(() => scene.bodies('out').length === 1);
    await until(async () => JSON.stringify(await health.isHealthy()).includes('reports:out'));
    await until(async () => (await scene.rows('outbox')).length === 1);
    reports = await startEmulator({ port, administrationPort: false, entities: { queues: ['out'] } });
    await scene.delivered();
    expect(bodiesOfReports('out')).toEqual([1]);
  });

  it('takes prepared messages: with their format, their compression and their connection', async () => {
    const { app, outbox } = await scene.start({
      imports: [named()],
      options: { connections: ['reports'] },
      bus: { formats: [cloudEvents({ source: '/shop' })], compression: gzip() },
    });
    const text = 'x'.repeat(5_000);
    const publisher = app.get(ServiceBusPublisher);
    const other = app.get<ServiceBusPublisher>(getServiceBusPublisherToken('reports'));
    const plain = await publisher.prepare(OrderPlaced, { id: 1 }, { messageId: 'm1', delayMs: 0 });
    const small = await publisher.prepare(OrderPlaced, { id: 2, text }, { compress: true });
    const abroad = await other.prepare(OrderPlaced, { id: 3 }, { sessionId: 's' });
    expect(plain.contentEncoding).toBeUndefined();
    expect(small.contentEncoding).toBe('gzip');
    expect(abroad.connection).toBe('reports');
    await scene.transaction((transaction) => outbox.addAll(transaction, [plain, small, abroad]));
    await scene.delivered();
    const client = new (await import('@azure/service-bus')).ServiceBusClient(scene.emulator.connectionString);
    const receiver = client.createReceiver('out', { receiveMode: 'receiveAndDelete' });
    const got = [...(await receiver.receiveMessages(1)), ...(await receiver.receiveMessages(1))];
    await client.close();
    const byId = (id: number): (typeof got)[number] | undefined =>
      got.find(({ body }) => JSON.stringify(contentOf(body)).includes(`"id":${id}`));
    expect(byId(1)).toMatchObject({
      messageId: 'm1',
      contentType: 'application/cloudevents+json',
      subject: OrderPlaced.subject,
    });
    expect(byId(2)?._rawAmqpMessage.properties?.contentEncoding).toBe('gzip');
    expect(contentOf(byId(2)?.body)).toMatchObject({ source: '/shop', data: { id: 2, text } });
    expect(bodiesOfReports('out')).toEqual([
      expect.objectContaining({ source: '/reports', data: { id: 3 } }),
    ]);
  });

  it.each<[string, object, RegExp]>([
    [
      'nobody opens',
      { connection: 'reprots' },
      /its connection is "reprots", and OutboxModule has "reports": /,
    ],
    ['is empty', { connection: '' }, /connection has 0 characters/],
    ['is no text', { connection: Symbol('reports') }, /connection is of type symbol/],
  ])('refuses a message whose connection %s', async (_what, message, why) => {
    const { outbox } = await scene.start({ imports: [named()], options: { connections: ['reports'] } });
    await scene.transaction(async (transaction) => {
      const added = outbox.add(transaction, { to: 'out', payload: 1, ...message });
      await expect(added).rejects.toThrow(why);
      await expect(
        outbox.add(transaction, { to: 'out', payload: 1, contentEncoding: 'gzip' }),
      ).rejects.toThrow('it has a contentEncoding, and a payload that is no bytes');
    });
  });

  it('keeps what another process adds for a connection that this one does not deliver through', async () => {
    const adding = await scene.start({
      imports: [named()],
      options: { connections: ['reports'], delivers: false },
    });
    await scene.start();
    await scene.transaction((transaction) =>
      adding.outbox.add(transaction, { to: 'out', connection: 'reports', payload: 1 }),
    );
    const lanes = async (): Promise<unknown[]> => scene.rows('outbox_lanes');
    await until(async () =>
      (await lanes()).some((lane) => Number((lane as { failures?: number }).failures) > 11),
    );
    expect(await scene.rows('outbox')).toHaveLength(1);
    await adding.close();
    await scene.start({ imports: [named()], options: { connections: ['reports'] } });
    await scene.delivered();
    expect(bodiesOfReports('out')).toEqual([1]);
  });

  it.each<[string, unknown, RegExp]>([
    [
      'that no forRoot opens',
      ['reprots'],
      /delivers through the connection "reprots", and no ServiceBusModule/,
    ],
    ['that is empty', [''], /connections\[0\] is empty, allowed is a name/],
    ['that is no list', 'reports', /connections is string, allowed is a list/],
    ['that is a symbol', [Symbol('reports')], /connections\[0\] is symbol/],
  ])('does not start with a connection %s', async (_what, connections, why) => {
    const started = Promise.resolve().then(() =>
      scene.start({ imports: [named()], options: { connections: connections as string[] } }),
    );
    await expect(started).rejects.toThrow(why);
  });

  it('needs a connection with a name where each forRoot has one', async () => {
    const start = (connections: string[]): Promise<unknown> =>
      Test.createTestingModule({
        imports: [
          named(),
          OutboxModule.forRootAsync({
            connections,
            useFactory: () => ({
              connectionString: scene.postgres.connectionString,
              schema: scene.schema,
            }),
          }),
        ],
      })
        .compile()
        .then((app) => app.close());
    await expect(start([])).rejects.toThrow(
      /where each forRoot has a name, say which ones it delivers through/,
    );
    await start(['reports']);
    expect(getServiceBusSendersToken('reports')).toContain('reports');
  });
});

function contentOf(body: unknown): unknown {
  if (!Buffer.isBuffer(body)) return body;
  return JSON.parse(String(body[0] === 0x1f ? gunzipSync(body) : body)) as unknown;
}
