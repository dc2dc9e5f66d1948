import { describe, expect, it } from '@jest/globals';
import { Controller, type DynamicModule, Injectable, Module, type Type } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { Test } from '@nestjs/testing';

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
import { useTestbeds } from './support/work-testbed.js';

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
  const { open } = useTestbeds();

  it('reply to where the decorator says', async () => {
    const bus = await open({ imports: [OrdersModule] });
    await bus.send('orders', { id: 5 });
    await bus.settled();
    expect(bus.sent).toMatchObject([{ to: 'billing', body: { bill: 5 } }]);
  });

  it('read names from providers, sessions, subjects of a subscription in batches, and what forFeature adds', async () => {
    seen.length = 0;
    const bus = await open({ imports: [OrdersModule] });
    await bus.sendMessage('payments-queue', { body: 'tea', replyTo: 'billing' });
    await bus.sendMessage('parcels', { body: 'box', sessionId: 'one' });
    await bus.sendMessage('events', { body: 'Ada', subject: 'created' });
    await bus.sendMessage('events', { body: 'Ada L.', subject: 'renamed' });
    await bus.sendMessage('returned', { body: 'cup' });
    await bus.settled();
    const all = ['created Ada', 'paid tea', 'renamed Ada L.', 'returned cup', 'shipped box'];
    expect([...seen].sort()).toEqual(all);
    expect(bus.completed).toHaveLength(5);
    expect(bus.sent).toEqual([]);
  });

  it('give the binding that forFeature gives', async () => {
    const bus = await open({ imports: [OrdersModule] });
    const registry = bus.get(BindingRegistry);
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
    expect(bus.get(ServiceBusServer).entities().queues).toContainEqual({
      name: 'parcels',
      requiresSession: true,
    });
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
