import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Payload } from '@nestjs/microservices';
import { type Emulator, startEmulator } from 'service-bus-emulator';

import { until } from '../../../test/support/until.js';
import { describeJson } from '../src/describe/describe-json.js';
import { describeMermaid } from '../src/describe/describe-mermaid.js';
import { describeText } from '../src/describe/describe-text.js';
import {
  contract,
  describeApplication,
  EventPattern,
  getSenderToken,
  Handles,
  ServiceBusConfigurationError,
  ServiceBusEventHandler,
  ServiceBusHandler,
  ServiceBusModule,
  type ServiceBusModuleOptions,
  type ServiceBusSender,
} from '../src/index.js';
import { startServiceBusApp } from './support/start-service-bus-app.js';

const seen: string[] = [];

@Controller()
class ShopController {
  @ServiceBusHandler({
    queue: 'orders',
    replyTo: 'billing',
    maxConcurrentCalls: 32,
    entity: { lockDuration: 'PT1M' },
  })
  place(@Payload() order: string): string {
    seen.push(`placed ${order}`);
    return `bill for ${order}`;
  }

  @ServiceBusEventHandler({
    topic: 'events',
    subscription: 'shop',
    subject: 'created',
    entity: { rules: { created: { subject: 'created' } } },
  })
  created(@Payload() user: string): void {
    seen.push(`created ${user}`);
  }

  @EventPattern('returns')
  takeBack(@Payload() parcel: string): void {
    seen.push(`returned ${parcel}`);
  }
}

@Module({
  imports: [
    ServiceBusModule.forFeature({
      senders: ['orders', 'notes'],
      receivers: { billing: 'billing' },
      entities: { notes: { kind: 'topic', duplicateDetection: false } },
    }),
    ServiceBusModule.forFeature({ pattern: 'returns', retry: { maxAttempts: 9 } }),
  ],
  controllers: [ShopController],
})
class ShopModule {}

describe('provision at the start', () => {
  let emulator: Emulator;
  beforeAll(async () => {
    emulator = await startEmulator({ port: 0, administrationPort: false });
  });
  afterAll(() => emulator.close());

  async function start(options: Partial<ServiceBusModuleOptions>): ReturnType<typeof startServiceBusApp> {
    return startServiceBusApp(emulator.connectionString, { imports: [ShopModule], options });
  }

  it('verify stops the start with a line for each entity that is missing', async () => {
    const starting = start({ provision: 'verify', entityPrefix: 'ada-' });
    await expect(starting).rejects.toBeInstanceOf(ServiceBusConfigurationError);
    await expect(starting).rejects.toThrow(
      'provision "verify": + create queue ada-orders: run "npx nestjs-service-bus topology apply", or change what is declared',
    );
  });

  it('create makes all of it with a prefix, by which the application reads and sends', async () => {
    const app = await start({ provision: 'create', entityPrefix: 'ada-' });
    try {
      await app.receiving();
      const orders = app.app.get<ServiceBusSender>(getSenderToken('orders'), { strict: false });
      await orders.sendMessages({ body: 'tea' });
      await until(() => emulator.entity('ada-billing').messageCount === 1);
      expect(seen).toEqual(['placed tea']);
      expect(app.server.entities().queues.map(({ name }) => name)).toEqual([
        'ada-orders',
        'ada-returns',
        'ada-billing',
      ]);
    } finally {
      await app.close();
    }
    // By now there is nothing to create.
    const again = await start({ provision: 'verify', entityPrefix: 'ada-' });
    await again.close();
  });
});

describe('what an application wants of entities stops its start, each with one line and the remedy', () => {
  let emulator: Emulator;
  beforeAll(async () => {
    emulator = await startEmulator({
      port: 0,
      administrationPort: false,
      entities: { queues: [{ name: 'orders', lockDurationMs: 30_000, maxDeliveryCount: 50 }, 'billing'] },
    });
  });
  afterAll(() => emulator.close());

  async function linesOf(
    features: Parameters<typeof ServiceBusModule.forFeature>[0][],
    options: Partial<ServiceBusModuleOptions> = {},
    connectionString = emulator.connectionString,
    controllers: (new () => object)[] = [],
  ): Promise<string[]> {
    const imports = features.map((feature) => ServiceBusModule.forFeature(feature));
    try {
      const app = await startServiceBusApp(connectionString, { imports, options, controllers });
      await app.close();
      return [];
    } catch (error) {
      if (error instanceof ServiceBusConfigurationError) return [...error.problems];
      throw error;
    }
  }

  it('an entity that is declared twice with different settings, though nobody provisions', async () => {
    const declared = (lockDuration: string): Parameters<typeof ServiceBusModule.forFeature>[0] => ({
      entities: { billing: { lockDuration } },
    });
    expect(await linesOf([declared('PT1M'), declared('PT2M')])).toEqual([
      'queue billing: lockDuration is "PT1M" in entities of forFeature and "PT2M" in entities of forFeature: keep one of them',
    ]);
  });

  it('a contract that goes to a topic, handled as if it were a queue', async () => {
    const Created = contract('created', String, { to: 'users', entity: { kind: 'topic' } });

    @Controller()
    class UsersController {
      @Handles(Created)
      created(_: string): void {}
    }
    expect(await linesOf([], {}, emulator.connectionString, [UsersController])).toEqual([
      'users is a queue in binding "users" and a topic in contract "created": ' +
        'read a subscription of the topic, or give one of them another name',
    ]);
  });

  it('an entity that has drifted, and one that is missing and belongs to somebody else', async () => {
    const features = [{ entities: { orders: { lockDuration: 'PT1M' } } }, { senders: ['theirs'] }];
    const lines = await linesOf(features, { provision: 'verify' });
    expect(lines).toEqual([
      expect.stringMatching(
        /^provision "verify": ~ update queue orders: lockDuration PT30S → PT1M.*: run "npx nestjs-service-bus topology apply", or change what is declared$/,
      ),
      'provision "verify": ? queue or topic theirs is missing, and belongs to somebody else: ' +
        'have its owner make it, or declare it in entities of forFeature',
    ]);
  });

  it('no right to manage', async () => {
    const wrong = emulator.connectionString.replace(/SharedAccessKey=[^;]*/, 'SharedAccessKey=d3Jvbmc=');
    const lines = await linesOf([{ entities: { orders: {} } }], { provision: 'create' }, wrong);
    expect(lines).toEqual([
      expect.stringMatching(
        /^provision: read queue orders: no right to manage 127\.0\.0\.1:\d+: grant the identity the role "Azure Service Bus Data Owner"/,
      ),
    ]);
  });
});

describe('an application, described without a broker', () => {
  const NOWHERE =
    'Endpoint=sb://127.0.0.1:1;SharedAccessKeyName=n;SharedAccessKey=hidden;UseDevelopmentEmulator=true;';

  @Module({ imports: [ServiceBusModule.forRoot({ connectionString: NOWHERE }), ShopModule] })
  class AppModule {}

  it('as data, as text and as a picture, each option with where it comes from', async () => {
    const strategy = { listen: (done: () => void) => done(), close: () => undefined };
    const app = await NestFactory.createMicroservice(AppModule, {
      strategy,
      logger: false,
      abortOnError: false,
    });
    const description = describeApplication(app);
    await app.close();
    expect(
      description.bindings.map(({ pattern, handlers }) => [pattern, ...handlers.map(({ name }) => name)]),
    ).toEqual([
      ['orders', 'ShopController.place'],
      ['events/shop', 'ShopController.created'],
      ['returns', 'ShopController.takeBack'],
    ]);
    expect(description.bindings[0]?.options).toEqual(
      expect.arrayContaining([
        { name: 'maxConcurrentCalls', value: 32, from: 'ShopController.place' },
        { name: 'entity.lockDuration', value: 'PT1M', from: 'ShopController.place' },
        { name: 'retry.maxAttempts', value: 5, from: 'default' },
      ]),
    );
    expect(description.bindings[2]?.options).toContainEqual({
      name: 'retry.maxAttempts',
      value: 9,
      from: 'forFeature',
    });
    const text = describeText(description);
    expect(text).toContain('orders: queue orders → billing\n  ShopController.place\n');
    expect(text).toContain('  ShopController.created takes subject "created" (event)\n');
    expect(text).toMatch(/^ {4}retry\.maxAttempts +9 {2}\(forFeature\)$/m);
    expect(JSON.parse(JSON.stringify(describeJson(description)))).toMatchObject({
      entities: expect.arrayContaining([
        expect.objectContaining({ kind: 'rule', name: 'events/shop/created', isOurs: true }),
        expect.objectContaining({
          kind: 'topic',
          name: 'notes',
          usedBy: ['entities of forFeature', 'a sender'],
        }),
      ]),
    });
    expect(describeMermaid(description)).toBe(
      [
        'flowchart LR',
        '  n1[("orders")]',
        '  n2["ShopController.place"]',
        '  n3[("billing")]',
        '  n4[("events/shop")]',
        '  n5[("events")]',
        '  n6["ShopController.created"]',
        '  n7[("returns")]',
        '  n8["ShopController.takeBack"]',
        '  n9(["sender orders"])',
        '  n10(["sender notes"])',
        '  n11[("notes")]',
        '  n1 --> n2',
        '  n2 --> n3',
        '  n5 --> n4',
        '  n4 -->|"created"| n6',
        '  n7 --> n8',
        '  n9 --> n1',
        '  n10 --> n11',
        '',
      ].join('\n'),
    );
    expect(JSON.stringify(description)).not.toContain('hidden');
  });
});
