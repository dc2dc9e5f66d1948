import { describe, expect, it } from '@jest/globals';
import { Controller, Injectable, Module } from '@nestjs/common';
import { ConfigModule, ConfigService } from '@nestjs/config';
import { Ctx, EventPattern as NestEventPattern, Payload } from '@nestjs/microservices';
import { Test } from '@nestjs/testing';

import { until } from '../../../test/support/until.js';
import {
  type BindingOptions,
  EventPattern,
  SERVICE_BUS_TRANSPORT,
  ServiceBusContext,
  ServiceBusModule,
  type ServiceBusModuleOptions,
} from '../src/index.js';
import { serviceBusScene } from './support/service-bus-scene.js';

// What the documentation shows compiles: the type check of the repository reads this file.

const NOWHERE =
  'Endpoint=sb://127.0.0.1:1;SharedAccessKeyName=name;SharedAccessKey=key;UseDevelopmentEmulator=true;';

interface Variables {
  readonly ORDERS_QUEUE: string;
}

@Injectable()
class Settings {
  readonly connectionString = NOWHERE;

  create(): ServiceBusModuleOptions {
    return { connectionString: this.connectionString };
  }
}

@Module({ providers: [Settings], exports: [Settings] })
class SettingsModule {}

const CONFIG = ConfigModule.forRoot({ ignoreEnvFile: true, load: [() => ({ ORDERS_QUEUE: 'orders-in' })] });

async function seenBy(bind: (seen: unknown[]) => ReturnType<typeof ServiceBusModule.forFeatureAsync>) {
  const seen: unknown[] = [];
  const module = await Test.createTestingModule({
    imports: [ServiceBusModule.forRoot({ connectionString: NOWHERE }), bind(seen)],
  }).compile();
  await module.close();
  return seen;
}

describe('forFeatureAsync', () => {
  it('knows from inject what its factory gets', async () => {
    const seen = await seenBy((values) =>
      ServiceBusModule.forFeatureAsync({
        pattern: 'orders',
        imports: [CONFIG],
        inject: [ConfigService],
        useFactory: (config) => {
          const queue: string = config.getOrThrow<string>('ORDERS_QUEUE');
          values.push(queue);
          return { queue };
        },
      }),
    );
    expect(seen).toEqual(['orders-in']);
  });

  it('takes a factory that types its arguments, more exactly than their tokens do', async () => {
    const seen = await seenBy((values) =>
      ServiceBusModule.forFeatureAsync({
        pattern: 'orders',
        imports: [CONFIG],
        inject: [ConfigService],
        useFactory: async (config: ConfigService<Variables, true>): Promise<BindingOptions> => {
          await Promise.resolve();
          const queue: string = config.get('ORDERS_QUEUE');
          values.push(queue);
          return { queue };
        },
      }),
    );
    expect(seen).toEqual(['orders-in']);
  });

  it('takes tokens, and optional dependencies', async () => {
    @Module({ providers: [{ provide: 'prefix', useValue: 'test-' }], exports: ['prefix'] })
    class PrefixModule {}
    const seen = await seenBy((values) =>
      ServiceBusModule.forFeatureAsync({
        pattern: 'orders',
        imports: [PrefixModule],
        inject: ['prefix', { token: Settings, optional: true }, { token: 'absent', optional: true }],
        useFactory: (prefix: string, settings: Settings | undefined, absent: number | undefined) => {
          values.push(prefix, settings, absent);
          return { queue: `${prefix}orders` };
        },
      }),
    );
    expect(seen).toEqual(['test-', undefined, undefined]);
  });

  it('does not compile where the factory asks for something else than it gets', () => {
    const wrong = (): unknown =>
      ServiceBusModule.forFeatureAsync({
        pattern: 'orders',
        inject: [Settings],
        // @ts-expect-error: Settings are no ConfigService.
        useFactory: (config: ConfigService) => ({ queue: config.getOrThrow<string>('ORDERS_QUEUE') }),
      });
    expect(wrong).toBeInstanceOf(Function);
  });
});

describe('forRootAsync', () => {
  it.each([
    [
      'useFactory',
      ServiceBusModule.forRootAsync({
        imports: [ConfigModule.forRoot({ ignoreEnvFile: true, load: [() => ({ SB_CONNECTION: NOWHERE })] })],
        inject: [ConfigService, { token: 'absent', optional: true }],
        useFactory: (config: ConfigService, _absent?: string) => ({
          connectionString: config.getOrThrow<string>('SB_CONNECTION'),
        }),
      }),
    ],
    ['useClass', ServiceBusModule.forRootAsync({ useClass: Settings })],
    ['useExisting', ServiceBusModule.forRootAsync({ imports: [SettingsModule], useExisting: Settings })],
  ])('takes %s', async (_name, root) => {
    const module = await Test.createTestingModule({ imports: [root] }).compile();
    await module.init();
    await module.close();
  });
});

describe('@EventPattern', () => {
  const scene = serviceBusScene({ entities: { queues: ['orders', 'stock', 'nothing'] } });

  it('stands above a method with a typed context', async () => {
    const seen: unknown[] = [];
    @Controller()
    class EventsController {
      @EventPattern('orders')
      ordered(@Payload() order: { id: number }, @Ctx() context: ServiceBusContext): void {
        seen.push([order.id, context.entityPath]);
      }

      @EventPattern('nothing', SERVICE_BUS_TRANSPORT)
      nothing(): void {
        // Never called.
      }

      // Nest's own, told that the pattern is a string and no key of a map of events.
      @NestEventPattern<string>('stock')
      low(@Payload() item: string, @Ctx() context: ServiceBusContext): void {
        seen.push([item, context.entityPath]);
      }
    }
    const app = await scene.startApp({ controllers: [EventsController] });
    await app.receiving();
    await scene.send('orders', { body: { id: 1 } });
    await scene.send('stock', { body: 'tea' });
    await until(() => seen.length === 2);
    expect(seen).toEqual(
      expect.arrayContaining([
        [1, 'orders'],
        ['tea', 'stock'],
      ]),
    );
  });
});
