import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ServiceBusClient, type ServiceBusReceivedMessage } from '@azure/service-bus';
import { Controller, type DynamicModule, Injectable, Module, type Type } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { Test } from '@nestjs/testing';
import { type Emulator, startEmulator } from 'service-bus-emulator';

import { until } from '../../../test/support/until.js';
import { BindingRegistry } from '../src/binding/binding-registry.js';
import { resolveBinding } from '../src/binding/resolve-binding.js';
import {
  type BindingOptions,
  EventPattern,
  ServiceBusConfigurationError,
  ServiceBusEventHandler,
  ServiceBusHandler,
  ServiceBusModule,
  ServiceBusServer,
} from '../src/index.js';
import { type ServiceBusApp, startServiceBusApp } from './support/start-service-bus-app.js';

@Injectable()
class Settings {
  queueOf(name: string): string {
    return `${name}-queue`;
  }
}

const SHIPPING = Symbol('SHIPPING');
const seen: string[] = [];

@Controller()
class OrdersController {
  @ServiceBusHandler({ queue: 'orders', replyTo: 'billing', maxConcurrentCalls: 32 })
  place(@Payload() order: { id: number }): object {
    return { bill: order.id };
  }

  @ServiceBusEventHandler({ queue: (get) => get(Settings).queueOf('payments'), retry: { maxAttempts: 2 } })
  pay(@Payload() payment: string): string {
    seen.push(`paid ${payment}`);
    return 'nobody asked';
  }

  @ServiceBusEventHandler({ queue: { token: SHIPPING }, sessions: { maxConcurrentSessions: 3 } })
  ship(@Payload() parcel: string): void {
    seen.push(`shipped ${parcel}`);
  }

  @ServiceBusEventHandler({
    topic: 'events',
    subscription: 'shop',
    subject: 'created',
    batch: { maxMessages: 7 },
  })
  created(@Payload() users: string[]): void {
    seen.push(...users.map((user) => `created ${user}`));
  }

  @ServiceBusEventHandler({
    topic: 'events',
    subscription: 'shop',
    subject: 'renamed',
    batch: { maxMessages: 7 },
  })
  renamed(@Payload() users: string[]): void {
    seen.push(...users.map((user) => `renamed ${user}`));
  }

  @EventPattern('returns')
  @ServiceBusEventHandler({ maxConcurrentCalls: 3, retry: { maxAttempts: 9 } })
  takeBack(@Payload() parcel: string): void {
    seen.push(`returned ${parcel}`);
  }
}

@Module({
  imports: [ServiceBusModule.forFeature({ pattern: 'returns', queue: 'returned', retry: { delayMs: 5 } })],
  controllers: [OrdersController],
  providers: [Settings, { provide: SHIPPING, useValue: 'parcels' }],
})
class OrdersModule {}

describe('handlers that say themselves what they read', () => {
  let emulator: Emulator;
  let client: ServiceBusClient;
  let app: ServiceBusApp;
  beforeAll(async () => {
    emulator = await startEmulator({
      port: 0,
      administrationPort: false,
      entities: {
        queues: [
          'orders',
          'billing',
          'payments-queue',
          'returned',
          { name: 'parcels', requiresSession: true },
        ],
        topics: [{ name: 'events', subscriptions: ['shop'] }],
      },
    });
    client = new ServiceBusClient(emulator.connectionString);
    app = await startServiceBusApp(emulator.connectionString, { imports: [OrdersModule] });
    await app.receiving();
  });
  afterAll(async () => {
    await app.close();
    await client.close();
    await emulator.close();
  });

  async function send(entity: string, body: unknown, more: object = {}): Promise<void> {
    const sender = client.createSender(entity);
    await sender.sendMessages({ body, ...more });
    await sender.close();
  }

  it('reply to where the decorator says', async () => {
    await send('orders', { id: 5 });
    const receiver = client.createReceiver('billing', { receiveMode: 'receiveAndDelete' });
    const [bill]: ServiceBusReceivedMessage[] = await receiver.receiveMessages(1, {
      maxWaitTimeInMs: 20_000,
    });
    await receiver.close();
    expect(bill?.body).toEqual({ bill: 5 });
  });

  it('read names from providers, sessions, subjects of a subscription in batches, and what forFeature adds', async () => {
    await send('payments-queue', 'tea', { replyTo: 'billing' });
    await send('parcels', 'box', { sessionId: 'one' });
    await send('events', 'Ada', { subject: 'created' });
    await send('events', 'Ada L.', { subject: 'renamed' });
    await send('returned', 'cup');
    const all = ['created Ada', 'paid tea', 'renamed Ada L.', 'returned cup', 'shipped box'];
    await until(() => seen.length === all.length);
    expect([...seen].sort()).toEqual(all);
    await until(() => emulator.entity('payments-queue').messageCount === 0);
    expect(emulator.entity('billing').messageCount).toBe(0);
  });

  it('give the binding that forFeature gives', () => {
    const registry = app.app.get(BindingRegistry, { strict: false });
    const same: Record<string, BindingOptions> = {
      orders: { queue: 'orders', replyTo: 'billing', maxConcurrentCalls: 32 },
      'OrdersController.pay': { queue: 'payments-queue', retry: { maxAttempts: 2 } },
      'OrdersController.ship': { queue: 'parcels', sessions: { maxConcurrentSessions: 3 } },
      'events/shop': { topic: 'events', subscription: 'shop', batch: { maxMessages: 7 } },
      returns: { queue: 'returned', maxConcurrentCalls: 3, retry: { maxAttempts: 9, delayMs: 5 } },
    };
    expect(registry.patterns().sort()).toEqual(Object.keys(same).sort());
    for (const [pattern, options] of Object.entries(same)) {
      expect(registry.find(pattern)).toEqual(resolveBinding(pattern, options));
    }
    expect(app.server.entities().queues).toContainEqual({ name: 'parcels', requiresSession: true });
  });
});

describe('declarations that do not fit stop the start with the remedy', () => {
  const NOWHERE =
    'Endpoint=sb://127.0.0.1:1;SharedAccessKeyName=n;SharedAccessKey=s;UseDevelopmentEmulator=true;';

  async function problemsOf(controller: Type, ...imports: DynamicModule[]): Promise<readonly string[]> {
    const module = await Test.createTestingModule({
      imports: [ServiceBusModule.forRoot({ connectionString: NOWHERE }), ...imports],
      controllers: [controller],
    }).compile();
    const app = module.createNestApplication({ logger: false });
    app.connectMicroservice({ strategy: app.get(ServiceBusServer) });
    try {
      await app.init();
    } catch (error) {
      if (error instanceof ServiceBusConfigurationError) return error.problems;
      throw error;
    } finally {
      await app.close();
    }
    return [];
  }

  @Controller()
  class StockController {
    @ServiceBusHandler({ queue: 'stock', subject: 'in', maxConcurrentCalls: 32 })
    take(): void {}

    @ServiceBusHandler({ queue: 'stock', subject: 'out', maxConcurrentCalls: 16 })
    give(): void {}
  }

  it('two handlers of one binding, with different settings', async () => {
    expect(await problemsOf(StockController)).toEqual([
      'binding "stock": maxConcurrentCalls is 32 in StockController.take and 16 in StockController.give: keep one of them',
    ]);
  });

  it('a handler and forFeature, with different settings', async () => {
    const feature = ServiceBusModule.forFeature({
      pattern: 'stock',
      retry: { maxAttempts: 3 },
      maxConcurrentCalls: 32,
    });
    @Controller()
    class OtherController {
      @ServiceBusHandler({ queue: 'stock', retry: { maxAttempts: 4 } })
      take(): void {}
    }
    expect(await problemsOf(OtherController, feature)).toEqual([
      'binding "stock": retry.maxAttempts is 3 in forFeature and 4 in OtherController.take: keep one of them',
    ]);
  });

  it('an option that is misspelt, and names that cannot be had', async () => {
    @Controller()
    class WrongController {
      @ServiceBusHandler({ queue: 'a', maxConcurentCalls: 1 } as object)
      misspelt(): void {}

      @ServiceBusHandler({ queue: { token: 'NO_SUCH' } })
      missing(): void {}

      @ServiceBusHandler({ queue: () => undefined as unknown as string })
      empty(): void {}

      @ServiceBusHandler({ queue: () => Promise.resolve('later') as unknown as string })
      later(): void {}
    }
    const problems = await problemsOf(WrongController);
    expect(problems.slice(0, 1)).toEqual([
      'binding "a": maxConcurentCalls is not known: did you mean maxConcurrentCalls?',
    ]);
    expect(problems[1]).toMatch(/^binding "WrongController.missing": queue cannot be had: .*NO_SUCH/);
    expect(problems.slice(2)).toEqual([
      'binding "WrongController.empty": queue comes as undefined, and must be a string: give it a value, or a default',
      'binding "WrongController.later": queue comes as a promise, and must be a string: ' +
        'a name to wait for belongs into ServiceBusModule.forFeatureAsync({ pattern, useFactory })',
    ]);
  });
});
