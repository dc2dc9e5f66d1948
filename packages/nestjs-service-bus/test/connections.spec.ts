import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { type ServiceBusAdministrationClient, ServiceBusClient } from '@azure/service-bus';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Controller, Inject, Injectable, Logger, Module } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { type Emulator, startEmulator } from 'service-bus-emulator';
import { Desk, type RunResult } from 'service-bus-desk';

import { until } from '../../../test/support/until.js';
import {
  contract,
  DeadLetterException,
  getReceiverToken,
  getSenderToken,
  getServiceBusClientToken,
  Handles,
  InjectReceiver,
  InjectSender,
  InjectServiceBusAdministrationClient,
  InjectServiceBusClient,
  InjectServiceBusPublisher,
  InjectServiceBusSenders,
  ServiceBusHandler,
  ServiceBusModule,
  type ServiceBusModuleOptions,
  ServiceBusPublisher,
  type ServiceBusReceiver,
  type ServiceBusSender,
  ServiceBusSenders,
} from '../src/index.js';
import { type ServiceBusApp, startServiceBusApp } from './support/start-service-bus-app.js';
import { CollectedMetrics } from './telemetry/collected-metrics.js';

const HANDLER = Symbol('handler');
type Handler = (namespace: string, payload: unknown) => unknown;

/** Reads a queue of the same name in both namespaces. */
@Controller()
class OrdersController {
  constructor(@Inject(HANDLER) private readonly handler: Handler) {}

  @ServiceBusHandler({ queue: 'orders', replyTo: 'results' })
  shop(@Payload() payload: unknown): unknown {
    return this.handler('shop', payload);
  }

  @ServiceBusHandler({ connection: 'reports', queue: 'orders', replyTo: 'results' })
  reports(@Payload() payload: unknown): unknown {
    return this.handler('reports', payload);
  }
}

const ReportMade = contract('report.made', String, { to: 'made' });

@Injectable()
class Sending {
  constructor(
    @InjectSender('audit') readonly shopAudit: ServiceBusSender,
    @InjectSender('audit', 'reports') readonly reportsAudit: ServiceBusSender,
    @InjectReceiver('audit', 'reports') readonly reportsReceiver: ServiceBusReceiver,
    @InjectServiceBusClient() readonly shopClient: ServiceBusClient,
    @InjectServiceBusClient('reports') readonly reportsClient: ServiceBusClient,
    @InjectServiceBusAdministrationClient('reports') readonly administration: ServiceBusAdministrationClient,
    @InjectServiceBusPublisher('reports') readonly publisher: ServiceBusPublisher,
    readonly shopPublisher: ServiceBusPublisher,
    @InjectServiceBusSenders('reports') readonly anywhere: ServiceBusSenders,
  ) {}
}

@Module({
  imports: [
    ServiceBusModule.forFeature({ senders: ['audit'] }),
    ServiceBusModule.forFeature({ connection: 'reports', senders: ['audit'], receivers: ['audit'] }),
  ],
  providers: [Sending],
})
class SendingModule {}

const QUEUES = ['orders', 'results', 'audit', 'made'];
const OWN_KEYS = [
  { keyName: 'listen', primaryKey: 'listen', rights: ['Listen'] },
  { keyName: 'send', primaryKey: 'send', rights: ['Send'] },
];

describe('two namespaces in one application', () => {
  let folders: string[];
  let shop: Emulator;
  let reports: Emulator;
  let app: ServiceBusApp | undefined;
  let seen: string[];
  let handler: Handler;

  async function start(dataDirectory: string | undefined, port = 0): Promise<Emulator> {
    const queues = [...QUEUES, { name: 'keyed', authorizationRules: OWN_KEYS }];
    return startEmulator({ port, administrationPort: false, dataDirectory, entities: { queues } });
  }

  beforeEach(async () => {
    folders = [await mkdtemp(path.join(tmpdir(), 'connections-'))];
    [shop, reports] = await Promise.all([start(undefined), start(folders[0])]);
    seen = [];
    handler = (namespace, payload) => {
      seen.push(`${namespace} ${String(payload)}`);
      return `${String(payload)} by ${namespace}`;
    };
  });

  afterEach(async () => {
    await app?.close();
    app = undefined;
    await Promise.all([shop.close(), reports.close()]);
    await Promise.all(folders.map((folder) => rm(folder, { recursive: true })));
  });

  async function startBoth(options: Partial<ServiceBusModuleOptions> = {}): Promise<ServiceBusApp> {
    app = await startServiceBusApp(shop.connectionString, {
      controllers: [OrdersController],
      providers: [{ provide: HANDLER, useValue: (...given: Parameters<Handler>) => handler(...given) }],
      imports: [
        // Before the provider that it asks for is made: the name is known all the same.
        ServiceBusModule.forRootAsync({
          name: 'reports',
          useFactory: () =>
            Promise.resolve({
              connectionString: reports.connectionString,
              drainTimeoutMs: 2_000,
              ...options,
            }),
        }),
        SendingModule,
      ],
    });
    return app;
  }

  async function send(emulator: Emulator, queue: string, ...bodies: unknown[]): Promise<void> {
    const client = new ServiceBusClient(emulator.connectionString);
    await client.createSender(queue).sendMessages(bodies.map((body) => ({ body })));
    await client.close();
  }

  const bodies = (emulator: Emulator, queue: string): unknown[] =>
    emulator
      .entity(queue)
      .messages()
      .map(({ body }) => body);

  it('have queues of the same name, and results go to the namespace that the message came from', async () => {
    await (await startBoth()).receiving();
    await Promise.all([send(shop, 'orders', 'a'), send(reports, 'orders', 'b')]);
    await until(() => bodies(shop, 'results').length === 1 && bodies(reports, 'results').length === 1);
    expect(seen.sort()).toEqual(['reports b', 'shop a']);
    expect([bodies(shop, 'results'), bodies(reports, 'results')]).toEqual([['a by shop'], ['b by reports']]);
  });

  it('have senders, receivers, clients and publishers by the name of their connection', async () => {
    const { app: running } = await startBoth();
    const sending = running.get(Sending, { strict: false });
    await sending.shopAudit.sendMessages({ body: 'to shop' });
    await sending.reportsAudit.sendMessages({ body: 'to reports' });
    await sending.publisher.publish(ReportMade, 'monthly');
    await sending.shopPublisher.publish(ReportMade, 'weekly');
    await sending.anywhere.send('made', { body: 'by name' });
    expect(bodies(shop, 'audit')).toEqual(['to shop']);
    expect(bodies(shop, 'made')).toEqual(['weekly']);
    expect(bodies(reports, 'made').sort()).toEqual(['by name', 'monthly']);
    const [message] = await sending.reportsReceiver.receiveMessages(1);
    expect(message?.body).toBe('to reports');
    expect(sending.reportsClient).not.toBe(sending.shopClient);
    expect(running.get(getServiceBusClientToken('reports'), { strict: false })).toBe(sending.reportsClient);
    // What has no name is never what has one, in whichever order they are imported.
    expect(running.get(ServiceBusClient, { strict: false })).toBe(sending.shopClient);
    expect(running.get(getSenderToken('audit', 'default'), { strict: false })).toBe(sending.shopAudit);
    expect((await sending.administration.getQueueRuntimeProperties('audit')).totalMessageCount).toBe(1);
  });

  it('are told apart by health, and one that is down leaves the other one at work', async () => {
    const running = await startBoth();
    await running.receiving();
    expect(await running.health.isHealthy()).toMatchObject({
      'service-bus': { status: 'up' },
      'service-bus:orders': { status: 'up', entityPath: 'orders' },
      'service-bus@reports': { status: 'up' },
      'service-bus@reports:reports:orders': { status: 'up', entityPath: 'orders', connection: 'reports' },
    });
    const port = Number(/:(\d+)/.exec(reports.connectionString)?.[1]);
    await reports.close();
    await until(async () => (await running.health.isHealthy())['service-bus@reports']?.status === 'down');
    expect(await running.health.isHealthy()).toMatchObject({
      'service-bus': { status: 'up' },
      'service-bus:orders': { status: 'up' },
      'service-bus@reports:reports:orders': { status: 'down' },
    });
    await send(shop, 'orders', 'meanwhile');
    await until(() => bodies(shop, 'results').length === 1);
    reports = await start(folders[0], port);
    await send(reports, 'orders', 'again');
    await until(() => bodies(reports, 'results').length === 1, 30_000);
    await running.receiving();
    expect((await running.health.isHealthy())['service-bus@reports']?.status).toBe('up');
  }, 90_000);

  it('may be away when the application starts', async () => {
    await reports.close();
    const running = await startBoth({ provision: 'create' });
    await send(shop, 'orders', 'a');
    await until(() => bodies(shop, 'results').length === 1);
    expect((await running.health.isHealthy())['service-bus@reports']?.status).toBe('down');
  });

  it('may be one: both connections read and send there, and are told apart by health', async () => {
    const running = await startBoth({ connectionString: shop.connectionString });
    await running.receiving();
    expect(Object.keys(await running.health.isHealthy())).toEqual([
      'service-bus',
      'service-bus:orders',
      'service-bus@reports',
      'service-bus@reports:reports:orders',
    ]);
    // Each message goes to one of the two handlers, whose result goes where both send.
    await send(shop, 'orders', ...Array.from({ length: 40 }, (_, index) => index));
    await until(() => bodies(shop, 'results').length === 40);
    const namespaces = bodies(shop, 'results').map((body) => String(body).split(' ')[2]);
    expect(new Set(namespaces)).toEqual(new Set(['shop', 'reports']));
  });

  it('are drained together: handlers finish, and their results are sent, before anything is closed', async () => {
    const running = await startBoth();
    await running.receiving();
    let finish: () => void = () => undefined;
    const finished = new Promise<void>((resolve) => (finish = resolve));
    const sending = running.app.get(Sending, { strict: false });
    handler = async (namespace) => {
      seen.push(namespace);
      await finished;
      await sending.reportsAudit.sendMessages({ body: `by ${namespace}` });
      return namespace;
    };
    await Promise.all([send(shop, 'orders', 'a'), send(reports, 'orders', 'b')]);
    await until(() => seen.length === 2);
    const closed = running.close();
    await until(() => running.server.isDraining);
    expect(await running.health.isHealthy()).toMatchObject({
      'service-bus': { status: 'down', state: 'draining' },
      'service-bus@reports': { status: 'down', state: 'draining' },
    });
    finish();
    await closed;
    expect([bodies(shop, 'orders'), bodies(reports, 'orders')]).toEqual([[], []]);
    expect([bodies(shop, 'results'), bodies(reports, 'results')]).toEqual([['shop'], ['reports']]);
    expect(bodies(reports, 'audit').sort()).toEqual(['by reports', 'by shop']);
  });

  it('close, also where one of them is down', async () => {
    const running = await startBoth();
    await running.receiving();
    await reports.close();
    await running.close();
    await send(shop, 'orders', 'left');
    expect(bodies(shop, 'orders')).toEqual(['left']);
  }, 60_000);

  it('have keys of single entities', async () => {
    const withKey = (keyName: string): string =>
      reports.connectionString
        .replace(/SharedAccessKeyName=[^;]*/, `SharedAccessKeyName=${keyName}`)
        .replace(/SharedAccessKey=[^;]*/, `SharedAccessKey=${keyName}`)
        .replace(/;?$/, ';EntityPath=keyed');
    @Controller()
    class KeyedController {
      @ServiceBusHandler({ pattern: 'keyed' })
      take(@Payload() payload: string): void {
        seen.push(payload);
      }
    }
    app = await startServiceBusApp(shop.connectionString, {
      controllers: [KeyedController],
      imports: [
        // A key that opens nothing.
        ServiceBusModule.forRoot({ name: 'reports', connectionString: withKey('no') }),
        ServiceBusModule.forFeature({
          connection: 'reports',
          pattern: 'keyed',
          connectionString: withKey('listen'),
          senders: { keyed: { entity: 'keyed', connectionString: withKey('send') } },
          receivers: { keyed: { queue: 'keyed', connectionString: withKey('listen') } },
        }),
      ],
    });
    await app.receiving();
    const get = <Part>(token: string): Part => app?.app.get(token, { strict: false }) as Part;
    await get<ServiceBusSender>(getSenderToken('keyed', 'reports')).sendMessages({ body: 'hello' });
    await until(() => seen.length === 1);
    expect(await get<ServiceBusReceiver>(getReceiverToken('keyed', 'reports')).peekMessages(1)).toEqual([]);
  });

  it('take a dead letter of the entity that is meant, and no other of its name', async () => {
    const running = await startBoth();
    await running.receiving();
    handler = () => {
      throw new DeadLetterException('Bad');
    };
    await send(reports, 'orders', 'bad');
    await until(() => bodies(reports, 'orders/$DeadLetterQueue').length === 1);
    handler = (namespace, payload) => {
      seen.push(`${namespace} ${String(payload)}`);
    };
    const desk = await Desk.open({ connectionString: reports.connectionString });
    const redrive = (connection?: string): Promise<RunResult> =>
      desk.redrive('orders', (entity, dead) => running.server.redrive(entity, dead, connection), {
        canary: false,
      });
    expect(await redrive('reports')).toMatchObject({ done: 1 });
    await desk.close();
    expect(seen).toEqual(['reports bad']);
    expect(bodies(reports, 'orders/$DeadLetterQueue')).toEqual([]);
  });

  it('are told apart by metrics and log lines', async () => {
    const metrics = CollectedMetrics.start();
    const lines: string[] = [];
    const log = jest
      .spyOn(Logger.prototype, 'log')
      .mockImplementation((line: unknown) => void lines.push(String(line)));
    try {
      await (await startBoth({ logMessages: 'info' })).receiving();
      await Promise.all([send(shop, 'orders', 'a'), send(reports, 'orders', 'b', 'c')]);
      await until(() => seen.length === 3);
      await until(() => bodies(shop, 'orders').length + bodies(reports, 'orders').length === 0);
      expect(await metrics.series('messaging_client_consumed_messages_total')).toEqual({
        '': 1,
        'service_bus_connection="reports"': 2,
      });
      await until(() => lines.some((line) => /^orders of "reports": message /.test(line)));
      expect(lines).toContain('orders: receives from orders, replies to results, 16 at once');
      expect(lines).toContain(
        'reports:orders: receives from orders of "reports", replies to results, 16 at once',
      );
      await until(() =>
        lines.some((line) => line.startsWith('reports:orders (orders of "reports"): receiving')),
      );
    } finally {
      log.mockRestore();
      await app?.close();
      app = undefined;
      await metrics.close();
    }
  });

  it('are made as each wants it: with its own entities and its own prefix', async () => {
    @Controller()
    class AdaController {
      @ServiceBusHandler({ connection: 'reports', queue: 'monthly', replyTo: 'printed' })
      print(): void {}

      @Handles(contract('Weekly', String, { to: 'weekly' }), { connection: 'reports' })
      week(): void {}

      @ServiceBusHandler({ queue: 'orders' })
      order(): void {}
    }
    app = await startServiceBusApp(shop.connectionString, {
      controllers: [AdaController],
      imports: [
        ServiceBusModule.forRoot({
          name: 'reports',
          connectionString: reports.connectionString,
          provision: 'create',
          entityPrefix: 'ada-',
        }),
        ServiceBusModule.forFeature({
          connection: 'reports',
          senders: ['sent'],
          entities: { other: {} },
        }),
      ],
    });
    await app.receiving();
    const made = (emulator: Emulator): string[] =>
      emulator.entityNames.filter((name) => ![...QUEUES, 'keyed'].includes(name)).sort();
    expect(made(reports)).toEqual(['ada-monthly', 'ada-other', 'ada-printed', 'ada-weekly']);
    expect(made(shop)).toEqual([]);
    expect(app.server.entities('reports').queues.map(({ name }) => name)).toEqual([
      'ada-monthly',
      'ada-weekly',
      'ada-printed',
    ]);
    expect(app.server.entities().queues.map(({ name }) => name)).toEqual(['orders']);
  });
});
