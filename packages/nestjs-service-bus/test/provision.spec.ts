import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Payload } from '@nestjs/microservices';
import { type Emulator, startEmulator } from 'service-bus-emulator';

import { letSdkTimersGo } from '../../../test/support/let-sdk-timers-go.js';
import { until } from '../../../test/support/until.js';
import { describeJson } from '../src/describe/describe-json.js';
import { describeMermaid } from '../src/describe/describe-mermaid.js';
import { describeText } from '../src/describe/describe-text.js';
import {
  describeApplication,
  EventPattern,
  getSenderToken,
  ServiceBusConfigurationError,
  ServiceBusEventHandler,
  ServiceBusHandler,
  ServiceBusModule,
  type ServiceBusModuleOptions,
  type ServiceBusSender,
} from '../src/index.js';
import { startServiceBusApp } from './support/start-service-bus-app.js';

letSdkTimersGo();

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
