import { describe, expect, it } from '@jest/globals';
import { Controller, type DynamicModule, Injectable, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ClientsModule, MessagePattern } from '@nestjs/microservices';
import { IsInt, IsString } from 'class-validator';

import { accessOf } from '../src/describe/access-of.js';
import { describeJson } from '../src/describe/describe-json.js';
import { describeMermaid } from '../src/describe/describe-mermaid.js';
import { describeText } from '../src/describe/describe-text.js';
import {
  type ApplicationDescription,
  contract,
  describeApplication,
  Handles,
  Publishes,
  ServiceBusClientProxy,
  ServiceBusEventHandler,
  ServiceBusHandler,
  ServiceBusModule,
  type ServiceBusModuleOptions,
} from '../src/index.js';
import { toRoleAssignments } from '../src/topology/export/role-assignments.js';
import { nameEntity } from '../src/topology/model/topology.js';

const NOWHERE =
  'Endpoint=sb://127.0.0.1:1;SharedAccessKeyName=n;SharedAccessKey=hidden;UseDevelopmentEmulator=true;';

class OrderDto {
  @IsInt()
  id!: number;
}

class PriceDto {
  @IsString()
  price!: string;
}

const OrderPlaced = contract('order-placed', OrderDto, { to: 'orders' });
const GetPrice = contract('get-price', String, { to: 'prices', result: PriceDto });
const UserCreated = contract('user-created', OrderDto, {
  to: { token: 'EVENTS' },
  entity: { kind: 'topic', duplicateDetection: 'PT10M' },
});
const Anywhere = contract('anywhere', String);

@Controller()
@Publishes(OrderPlaced, GetPrice, UserCreated, Anywhere)
class ShopController {
  @Handles(OrderPlaced)
  placed(_: OrderDto): void {}

  @Handles(GetPrice)
  price(_: string): PriceDto {
    return { price: '1' };
  }
}

interface Setup {
  readonly controllers?: readonly Type[];
  readonly providers?: DynamicModule['providers'];
  readonly imports?: DynamicModule['imports'];
  readonly options?: Partial<ServiceBusModuleOptions>;
}

/** Describes an application that nobody starts, and whose broker is nowhere. */
async function described({
  controllers = [],
  providers,
  imports = [],
  options,
}: Setup): Promise<ApplicationDescription> {
  @Module({})
  class AppModule {}

  const root = ServiceBusModule.forRoot({ connectionString: NOWHERE, ...options });
  const module: DynamicModule = {
    module: AppModule,
    imports: [root, ...imports],
    controllers: [...controllers],
    ...(providers && { providers }),
  };
  const strategy = { listen: (done: () => void) => done(), close: () => undefined };
  const app = await NestFactory.createMicroservice(module, { strategy, logger: false, abortOnError: false });
  try {
    return describeApplication(app);
  } finally {
    await app.close();
  }
}

const shop = (options: Partial<ServiceBusModuleOptions> = {}): Promise<ApplicationDescription> =>
  described({
    controllers: [ShopController],
    providers: [{ provide: 'EVENTS', useValue: 'events' }],
    options: { replyQueue: 'replies', ...options },
  });

describe('contracts in the description of an application', () => {
  it('have their publishers and handlers in the text', async () => {
    const text = describeText(await shop());
    expect(text).toContain('contract anywhere: string each call names where it goes\n');
    expect(text).toContain(
      'contract get-price: string, answered by PriceDto → prices\n' +
        '  published by ShopController\n  handled by ShopController.price\n',
    );
    expect(text).toContain(
      'contract user-created: OrderDto → events\n  published by ShopController\n  no handler here\n',
    );
    expect(text).toContain('answers to requests: queue replies\n');
  });

  it('are in the JSON, with what their destinations are like and who uses them', async () => {
    const json = JSON.parse(JSON.stringify(describeJson(await shop()))) as object;
    expect(json).toMatchObject({
      replyQueue: 'replies',
      contracts: expect.arrayContaining([
        {
          name: 'order-placed',
          subject: 'order-placed',
          payload: 'OrderDto',
          destination: 'orders',
          publishers: ['ShopController'],
          handlers: ['ShopController.placed'],
        },
      ]),
      entities: [
        expect.objectContaining({
          kind: 'queue',
          name: 'orders',
          usedBy: ['binding "orders"', 'contract "order-placed"'],
        }),
        expect.objectContaining({ kind: 'queue', name: 'prices' }),
        {
          kind: 'topic',
          name: 'events',
          isOurs: true,
          settings: {
            defaultMessageTimeToLive: 'P14D',
            requiresDuplicateDetection: true,
            duplicateDetectionHistoryTimeWindow: 'PT10M',
          },
          usedBy: ['contract "user-created"'],
        },
        expect.objectContaining({
          kind: 'queue',
          name: 'replies',
          isOurs: true,
          settings: expect.objectContaining({
            requiresSession: false,
            defaultMessageTimeToLive: 'P1D',
            deadLetteringOnMessageExpiration: false,
          }),
          usedBy: ['replyQueue of forRoot'],
        }),
      ],
    });
  });

  it('are edges of the picture, from their publishers, and back with the answers', async () => {
    const picture = describeMermaid(await shop());
    for (const line of [
      'n1[("orders")]',
      'n5(["ShopController"])',
      'n5 -->|"order-placed"| n1',
      'n5 -->|"get-price"| n3',
      'n6 -->|"PriceDto"| n5',
      'n4 -->|"PriceDto"| n6',
      'n5 -->|"user-created"| n7',
    ]) {
      expect(picture.split('\n')).toContain(`  ${line}`);
    }
  });

  it('have the prefix, and the settings that the options of the reply queue give', async () => {
    const { topology, replyQueue } = await shop({
      entityPrefix: 'ada-',
      replyQueueRequiresSession: true,
      replyQueueEntity: { lockDuration: 'PT1M', forwardDeadLettersTo: 'dead' },
    });
    expect(replyQueue).toBe('ada-replies');
    expect(topology.entities.map(nameEntity)).toEqual([
      'queue ada-orders',
      'queue ada-prices',
      'topic ada-events',
      'queue ada-replies',
      'queue ada-dead',
    ]);
    expect(topology.entities[3]?.settings).toMatchObject({
      requiresSession: true,
      lockDuration: 'PT1M',
      forwardDeadLetteredMessagesTo: 'ada-dead',
    });
  });

  it.each([
    [{ replyQueueEntity: {} }, 'replyQueueEntity needs replyQueue'],
    [
      { replyQueue: 'r', replyQueueEntity: { kind: 'topic' } },
      'replyQueueEntity.kind is topic: answers are read from a queue',
    ],
    [
      { replyQueue: 'r', replyQueueEntity: { requiresSession: true } },
      'replyQueueEntity.requiresSession is true, and it is read without sessions: say so by replyQueueRequiresSession alone',
    ],
    [
      { replyQueue: 'r', replyQueueEntity: { lockduration: 'PT1M' } as object },
      'replyQueueEntity.lockduration is not known: did you mean replyQueueEntity.lockDuration?',
    ],
  ] as const)('refuse %j', async (options, line) => {
    await expect(described({ options })).rejects.toThrow(`ServiceBusModule: ${line}`);
  });

  it('that nobody here handles go to what belongs to others', async () => {
    @Injectable()
    @Publishes(OrderPlaced)
    class OrdersService {}

    const { topology, bindings } = await described({ providers: [OrdersService] });
    expect(bindings).toEqual([]);
    expect(topology.entities).toEqual([
      {
        kind: 'destination',
        path: ['orders'],
        settings: {},
        isOurs: false,
        usedBy: ['contract "order-placed"'],
      },
    ]);
  });
});

describe('what an application has the right to', () => {
  async function rights(setup: Setup): Promise<{ receives: string[]; sends: string[] }> {
    const access = accessOf(await described(setup));
    return {
      receives: access.receivesFrom.map((path) => path.join('/')).sort(),
      sends: [...access.sendsTo].sort(),
    };
  }

  it('its own queue for copies of retries, not with sessions, of a subscription, or of dead letters', async () => {
    @Controller()
    class Inputs {
      @ServiceBusEventHandler({ queue: 'plain' })
      plain(): void {}

      @ServiceBusEventHandler({ queue: 'parcels', sessions: {} })
      parcels(): void {}

      @ServiceBusEventHandler({ topic: 'events', subscription: 'shop' })
      shop(): void {}

      @ServiceBusEventHandler({ queue: 'old/$DeadLetterQueue' })
      dead(): void {}

      @ServiceBusEventHandler({ topic: 'events', subscription: 'audit/$DeadLetterQueue' })
      deadOfTopic(): void {}
    }
    expect(await rights({ controllers: [Inputs] })).toEqual({
      receives: ['events/audit', 'events/shop', 'old', 'parcels', 'plain'],
      sends: ['plain'],
    });
    const access = accessOf(await described({ controllers: [Inputs] }));
    expect(access.scalesOn.map(({ path }) => path.join('/'))).toEqual(['plain', 'parcels', 'events/shop']);
  });

  it('where results go, and where messages may say: by name, or told as a note', async () => {
    @Controller()
    class Answers {
      @ServiceBusHandler({ queue: 'a', replyTo: 'results', sessions: {}, allowReplyTo: false })
      a(): void {}

      @ServiceBusHandler({ queue: 'b', sessions: {}, allowReplyTo: ['theirs', 'Results'] })
      b(): void {}

      @ServiceBusHandler({ queue: 'c', sessions: {} })
      c(): void {}

      @ServiceBusEventHandler({ queue: 'd', sessions: {} })
      d(): void {}
    }
    expect((await rights({ controllers: [Answers] })).sends).toEqual(['Results', 'theirs']);
    const description = await described({ controllers: [Answers] });
    expect(accessOf(description).repliesAnywhere).toEqual(['c']);
    expect(toRoleAssignments(accessOf(description), description.topology)).toContain(
      '// or name the places by allowReplyTo: c\n',
    );
  });

  it('what senders, receivers, contracts and client proxies need, and nothing that has a key of its own', async () => {
    const key = (entity: string): string => `${NOWHERE}EntityPath=${entity};`;

    @Controller()
    class Keyed {
      @MessagePattern('keyed')
      keyed(): void {}
    }
    const client = (name: string, options: object): DynamicModule =>
      ClientsModule.register([{ name, customClass: ServiceBusClientProxy, options }]);
    const feature = ServiceBusModule.forFeature({
      pattern: 'keyed',
      connectionString: key('keyed'),
      replyTo: 'keyed-out',
      replyToConnectionString: key('keyed-out'),
      senders: { a: 'audit', b: { entity: 'own', connectionString: key('own') } },
      receivers: {
        c: 'in',
        d: { topic: 'events', subscription: 'copy' },
        e: { queue: 'mine', connectionString: key('mine') },
      },
      entities: { audit: 'external topic' },
    });
    const setup: Setup = {
      controllers: [Keyed],
      imports: [
        feature,
        client('SHOP', {
          connectionString: NOWHERE,
          queues: { place: 'shop' },
          topic: 'news',
          replyQueue: 'answers',
        }),
        client('FAR', { fullyQualifiedNamespace: 'far.servicebus.windows.net', queue: 'far' }),
      ],
    };
    expect(await rights(setup)).toEqual({
      receives: ['answers', 'events/copy', 'in'],
      sends: ['audit', 'news', 'shop'],
    });
    const description = await described(setup);
    expect(description.clients.map(({ name }) => name)).toEqual(['SHOP']);
    expect(describeText(description)).toContain(
      'client SHOP\n  → queue shop\n  → topic news\n  answers: queue answers\n',
    );
    const roles = toRoleAssignments(accessOf(description), description.topology);
    const scopes = [...roles.matchAll(/namespaces\/(\S+)@.*\n(?: {2}parent: .*\n)? {2}name: '(.*)'/g)];
    expect(scopes.map(([, type, name]) => `${type} ${name}`).sort()).toEqual([
      'queues answers',
      'queues in',
      'queues shop',
      'topics audit',
      'topics news',
      'topics/subscriptions ${namespaceName}/events/copy',
    ]);
  });

  it('its own reply queue, to read, and to answer to where it asks itself', async () => {
    expect(accessOf(await shop())).toMatchObject({
      receivesFrom: [['orders'], ['prices'], ['replies']],
      sendsTo: ['orders', 'prices', 'events', 'replies'],
    });

    @Controller()
    @Publishes(GetPrice)
    class AskingController {}
    const asking = { controllers: [AskingController], options: { replyQueue: 'replies' } };
    expect(await rights(asking)).toEqual({ receives: ['replies'], sends: ['prices'] });
  });

  it('a topic by its scope where the application knows it for one, else a queue with a note', async () => {
    const { topology, ...description } = await described({
      providers: [],
      imports: [ServiceBusModule.forFeature({ senders: ['audit'] })],
    });
    const roles = toRoleAssignments(accessOf({ topology, ...description }), topology);
    expect(roles).toContain(
      "// Taken for a queue; if it is a topic, declare it: entities: { 'audit': 'external topic' }\n" +
        "resource scope1 'Microsoft.ServiceBus/namespaces/queues@2024-01-01' existing = {\n",
    );
  });
});
