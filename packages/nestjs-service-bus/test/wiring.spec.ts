import { afterEach, describe, expect, it, jest } from '@jest/globals';
import {
  Controller,
  type DynamicModule,
  Logger,
  type LoggerService,
  Module,
  type Type,
} from '@nestjs/common';
import { MessagePattern, Payload } from '@nestjs/microservices';
import { Test } from '@nestjs/testing';
import { lastValueFrom } from 'rxjs';

import {
  EventPattern,
  getSenderToken,
  ServiceBusClientProxy,
  type ServiceBusClientProxyOptions,
  ServiceBusConfigurationError,
  type ServiceBusFeatureAsyncOptions,
  ServiceBusModule,
  type ServiceBusModuleOptions,
  ServiceBusServer,
} from '../src/index.js';
import { serviceBusScene } from './support/service-bus-scene.js';

// Nobody listens there: no mistake needs a broker to be found.
const NOWHERE =
  'Endpoint=sb://127.0.0.1:1;SharedAccessKeyName=name;SharedAccessKey=secret;UseDevelopmentEmulator=true;';
const ROOT = ServiceBusModule.forRoot({ connectionString: NOWHERE });

@Controller()
class OrdersController {
  @MessagePattern('orders')
  take(@Payload() order: unknown): unknown {
    return order;
  }
}

interface Setup {
  readonly imports: (DynamicModule | Type)[];
  readonly controllers?: Type[];
  /** `none`: an application that has forgotten its receivers. */
  readonly connect?: 'before' | 'none' | 'not started';
}

/** The lines of the error that the start ends with. */
async function problemsOf({ imports, controllers = [], connect = 'before' }: Setup): Promise<string[]> {
  try {
    const module = await Test.createTestingModule({ imports, controllers }).compile();
    const app = module.createNestApplication({ logger: false });
    try {
      if (connect !== 'none') app.connectMicroservice({ strategy: app.get(ServiceBusServer) });
      await app.init();
      if (connect === 'before') await app.startAllMicroservices();
    } finally {
      await app.close();
    }
  } catch (error) {
    if (error instanceof ServiceBusConfigurationError) return [...error.problems];
    throw error;
  }
  return [];
}

const feature = (options: object): DynamicModule => ServiceBusModule.forFeature(options);

describe('a wiring mistake stops the start, and its line has the remedy', () => {
  it('a missing forRoot, with a binding, a sender or a receiver', async () => {
    const line =
      'ServiceBusModule.forFeature is imported, and forRoot is not: ' +
      'add ServiceBusModule.forRoot({ connectionString: … }) to the imports of the root module';
    for (const options of [{ pattern: 'orders' }, { senders: ['out'] }, { receivers: ['in'] }]) {
      expect(await problemsOf({ imports: [feature(options)], connect: 'none' })).toEqual([line]);
    }
  });

  it('a missing forRoot, where a provider of another module asks for the sender first', async () => {
    @Module({
      imports: [feature({ senders: ['out'] })],
      providers: [{ provide: 'first', inject: [getSenderToken('out')], useFactory: () => 1 }],
    })
    class FirstModule {}
    const [line] = await problemsOf({ imports: [FirstModule], connect: 'none' });
    expect(line).toContain('add ServiceBusModule.forRoot({ connectionString: … })');
  });

  it('but a forRoot that fails is told as itself', async () => {
    const failing = ServiceBusModule.forRootAsync({
      useFactory: () => Promise.reject(new TypeError('no settings')),
    });
    for (const imports of [
      [failing, feature({ pattern: 'orders', senders: ['out'] })],
      [feature({ pattern: 'orders', senders: ['out'] }), failing],
    ]) {
      await expect(problemsOf({ imports })).rejects.toThrow(new TypeError('no settings'));
    }
  });

  it('a second forRoot: both namespaces are named, and no key', async () => {
    @Module({
      imports: [
        ServiceBusModule.forRootAsync({
          useFactory: () => ({ fullyQualifiedNamespace: 'billing.servicebus.windows.net' }),
        }),
      ],
    })
    class BillingModule {}
    expect(await problemsOf({ imports: [ROOT, BillingModule] })).toEqual([
      'ServiceBusModule.forRoot is imported 2 times, for 127.0.0.1:1 and billing.servicebus.windows.net: ' +
        'keep the one in the root module, features use forFeature; ' +
        "a second namespace has a name, forRoot({ name: '…' })",
    ]);
  });

  it('unknown options at every level, with the nearest known name', async () => {
    const root = ServiceBusModule.forRoot({
      connectionString: NOWHERE,
      drainTimeout: 1,
      retryOptions: { maxRetrys: 1 },
    } as unknown as ServiceBusModuleOptions);
    const orders = feature({
      pattern: 'orders',
      sender: ['out'],
      maxConcurentCalls: 4,
      retry: { attempts: 4, exceptions: [{ type: TypeError, maxAttempt: 1 }] },
      batch: { maxMessage: 4 },
      circuitBreaker: { windowMS: 4 },
      watchdog: { silence: 4 },
      receivers: { audit: { topic: 'events', subscripton: 'audit' } },
    });
    const sessions = feature({ pattern: 'sessions', sessions: { idleTimeout: 4 }, colour: 'red' });
    expect(await problemsOf({ imports: [root, orders, sessions] })).toEqual([
      'ServiceBusModule: drainTimeout is not known: did you mean drainTimeoutMs?',
      'ServiceBusModule: retryOptions.maxRetrys is not known: did you mean retryOptions.maxRetries?',
      'binding "orders": sender is not known: did you mean senders?',
      'binding "orders": maxConcurentCalls is not known: did you mean maxConcurrentCalls?',
      'binding "orders": receivers.audit.subscripton is not known: did you mean receivers.audit.subscription?',
      'binding "orders": retry.attempts is not known: did you mean retry.maxAttempts?',
      'binding "orders": retry.exceptions of TypeError.maxAttempt is not known: did you mean maxAttempts?',
      'binding "orders": batch.maxMessage is not known: did you mean batch.maxMessages?',
      'binding "orders": circuitBreaker.windowMS is not known: did you mean circuitBreaker.windowMs?',
      'binding "orders": watchdog.silence is not known: did you mean watchdog.silenceMs?',
      'binding "sessions": colour is not known, known are connection, queue, topic, subscription, connectionString, replyTo, replyToConnectionString, ' +
        'allowReplyTo, decode, formats, compression, strictFormats, maxConcurrentCalls, prefetch, batch, retry, circuitBreaker, rate, watchdog, paused, sessions, entity, replyToEntity, pattern, senders, receivers, entities',
      'binding "sessions": sessions.idleTimeout is not known: did you mean sessions.idleTimeoutMs?',
    ]);
  });

  it('an option of the binding beside the factory of forFeatureAsync, or one that the factory misspells', async () => {
    const async = (options: object): DynamicModule =>
      ServiceBusModule.forFeatureAsync(options as ServiceBusFeatureAsyncOptions);
    const imports = [
      ROOT,
      async({ pattern: 'orders', queue: 'in', useFactory: () => ({}) }),
      async({ pattern: 'refunds', useFactory: () => Promise.resolve({ replyto: 'out' }) }),
    ];
    expect(await problemsOf({ imports, controllers: [OrdersController] })).toEqual([
      'binding "orders": queue belongs into what useFactory returns',
      'binding "refunds": replyto is not known: did you mean replyTo?',
      'binding "refunds" has no handler: no @MessagePattern or @EventPattern names it',
    ]);
  });

  it('a binding no handler is for, with the handler that was meant', async () => {
    const imports = [ROOT, feature({ pattern: 'order', queue: 'orders-in' })];
    expect(await problemsOf({ imports, controllers: [OrdersController] })).toEqual([
      'binding "order" has no handler: no @MessagePattern or @EventPattern names it: ' +
        'did you mean "orders" (OrdersController.take)?',
    ]);
  });

  it('all problems of one start together', async () => {
    const imports = [
      ROOT,
      feature({ pattern: 'orders', queue: '' }),
      feature({ pattern: 'orders' }),
      feature({ pattern: 'stock', maxConcurrentCalls: 0 }),
      feature({ queue: 'in' }),
    ];
    const problems = await problemsOf({ imports, controllers: [OrdersController] });
    expect(problems).toEqual([
      'binding "orders": queue is empty',
      'binding "orders" is declared twice',
      'binding "stock": maxConcurrentCalls is 0, allowed is a whole number from 1 to 500',
      'forFeature has queue, and no pattern: add the pattern of its handler',
      'binding "stock" has no handler: no @MessagePattern or @EventPattern names it',
    ]);
    const error = new ServiceBusConfigurationError(problems);
    expect(error.message.split('\n')).toHaveLength(5);
  });
});

describe('what may be meant is told as a warning', () => {
  const warnings = jest.fn<(message: string, context: string) => void>();
  afterEach(() => void warnings.mockClear());

  const lines = (): string[] => warnings.mock.calls.map(([message]) => message);

  async function start({ imports, controllers = [], connect = 'before' }: Setup): Promise<void> {
    const module = await Test.createTestingModule({ imports, controllers }).compile();
    const logger = {
      log: () => undefined,
      error: () => undefined,
      warn: (...line: [string, string]) => void warnings(...line),
    };
    const app = module.createNestApplication({ logger: logger as unknown as LoggerService });
    // Only this application's logger, and for as long as it runs.
    Logger.overrideLogger(logger);
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask', 'performance'] });
    try {
      if (connect !== 'none') app.connectMicroservice({ strategy: app.get(ServiceBusServer) });
      await app.init();
      if (connect === 'before') await app.startAllMicroservices();
      jest.advanceTimersByTime(60_000);
    } finally {
      jest.useRealTimers();
      await app.close();
      Logger.overrideLogger(false);
    }
  }

  it('bindings that nobody receives for', async () => {
    const imports = [ROOT, feature({ pattern: 'orders' }), feature({ pattern: 'stock' })];
    await start({ imports, connect: 'none' });
    expect(lines()).toEqual([
      'nothing is received for the bindings "orders" and "stock": add ' +
        'app.connectMicroservice({ strategy: app.get(ServiceBusServer) }, { inheritAppConfig: true }) ' +
        'and await app.startAllMicroservices()',
    ]);
  });

  it('receivers that are connected, and not started', async () => {
    const imports = [ROOT, feature({ pattern: 'orders' })];
    await start({ imports, controllers: [OrdersController], connect: 'not started' });
    expect(lines()).toEqual([
      'nothing is received for the binding "orders": add await app.startAllMicroservices()',
    ]);
  });

  it('and nothing where all is well', async () => {
    const imports = [ROOT, feature({ pattern: 'orders', queue: 'orders-in' })];
    await start({ imports, controllers: [OrdersController] });
    await start({ imports: [ROOT], controllers: [OrdersController] });
    await start({ imports: [ROOT, feature({ senders: ['out'] })], connect: 'none' });
    expect(lines()).toEqual([]);
  });

  it('and nothing in an application context, which has nothing to receive with', async () => {
    const imports = [ROOT, feature({ pattern: 'orders' })];
    const module = await Test.createTestingModule({ imports }).compile();
    const warn = jest.spyOn(Logger.prototype, 'warn').mockReturnValue();
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask', 'performance'] });
    try {
      await module.init();
      jest.advanceTimersByTime(60_000);
      expect(warn).not.toHaveBeenCalled();
    } finally {
      jest.useRealTimers();
      warn.mockRestore();
      await module.close();
    }
  });

  it('a handler that no binding names, beside others that have one', async () => {
    @Controller()
    class OrderController {
      @EventPattern('order')
      on(): void {
        // Never called.
      }
    }
    const imports = [ROOT, feature({ pattern: 'orders' })];
    await start({ imports, controllers: [OrdersController, OrderController] });
    expect(lines()).toEqual([
      'OrderController.on reads the queue "order" because no binding names its pattern: ' +
        'did you mean "orders"? Otherwise add ' +
        "ServiceBusModule.forFeature({ pattern: 'order', queue: 'order' })",
    ]);
  });
});

describe('an object pattern', () => {
  const scene = serviceBusScene({ entities: { queues: ['sums', 'replies'] } });

  @Controller()
  class SumController {
    @MessagePattern({ cmd: 'sum', version: 2 })
    sum(@Payload() numbers: number[]): number {
      return numbers.reduce((sum, number) => sum + number, 0);
    }
  }

  it('is bound by forFeature, and reached by a client, in any order of its keys', async () => {
    const app = await scene.startApp({
      controllers: [SumController],
      imports: [ServiceBusModule.forFeature({ pattern: { version: 2, cmd: 'sum' }, queue: 'sums' })],
    });
    await app.receiving();
    const { connectionString } = scene.emulator;
    const queues = { '{"cmd":"sum","version":2}': 'sums' };
    const client = new ServiceBusClientProxy({ connectionString, queues, replyQueue: 'replies' });
    try {
      expect(await lastValueFrom(client.send({ cmd: 'sum', version: 2 }, [1, 2, 3]))).toBe(6);
    } finally {
      await client.close();
    }
  });

  it('is refused where nothing binds it, with the forms that work', async () => {
    expect(await problemsOf({ imports: [ROOT], controllers: [SumController] })).toEqual([
      'SumController.sum: no binding names the pattern {"cmd":"sum","version":2}, and no queue has such a ' +
        'name: add ServiceBusModule.forFeature({ pattern: {"cmd":"sum","version":2}, queue: \'…\' }), or name ' +
        'the other transport that the handler is for',
    ]);
    const client = new ServiceBusClientProxy({ connectionString: NOWHERE });
    await expect(lastValueFrom(client.emit({ cmd: 'sum' }, []))).rejects.toThrow(
      'the pattern {"cmd":"sum"} is no queue\'s name: map it by queues: { \'{"cmd":"sum"}\': \'…\' }, ' +
        'or name a queue or topic for all patterns',
    );
    await client.close();
  });

  it('is refused where its binding names no queue', async () => {
    const imports = [ROOT, ServiceBusModule.forFeature({ pattern: { cmd: 'sum', version: 2 } })];
    expect(await problemsOf({ imports, controllers: [SumController] })).toEqual([
      'binding {"cmd":"sum","version":2}: no queue has such a name: add queue, or topic and subscription',
    ]);
  });

  it("with binding and subject is the handler's form, and nothing else may stand beside these", async () => {
    @Controller()
    class WrongController {
      @MessagePattern({ binding: 'orders', subjct: 'created' })
      take(): void {
        // Never called.
      }
    }
    const imports = [ROOT, feature({ pattern: { binding: 'stock', subject: 'low' } })];
    expect(await problemsOf({ imports, controllers: [WrongController] })).toEqual([
      'forFeature: the pattern {"binding":"stock","subject":"low"} is a handler\'s: ' +
        'a binding has { pattern: "stock" }, for handlers of all its subjects',
      'pattern {"binding":"orders","subjct":"created"}: subjct is not known: did you mean subject?',
    ]);
  });
});

describe('ServiceBusClientProxy', () => {
  it('refuses unknown options, with the nearest known name', () => {
    const options = {
      connectionString: NOWHERE,
      requestTimeout: 4,
      replyQueues: 'replies',
      retryOptions: { timeout: 4 },
    };
    expect(() => new ServiceBusClientProxy(options as unknown as ServiceBusClientProxyOptions)).toThrow(
      new ServiceBusConfigurationError([
        'ServiceBusClientProxy: requestTimeout is not known: did you mean requestTimeoutMs?',
        'ServiceBusClientProxy: replyQueues is not known: did you mean replyQueue?',
        'ServiceBusClientProxy: retryOptions.timeout is not known: did you mean retryOptions.timeoutInMs?',
      ]),
    );
  });
});
