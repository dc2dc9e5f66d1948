import { afterEach, describe, expect, it } from '@jest/globals';
import { deepStrictEqual } from 'node:assert/strict';
import { type Server } from 'node:http';
import { type AddressInfo } from 'node:net';

import {
  Controller,
  type INestApplication,
  Inject,
  Injectable,
  Module,
  Param,
  Post,
  ValidationPipe,
} from '@nestjs/common';
import { Ctx, MessagePattern, Payload } from '@nestjs/microservices';
import { IsInt } from 'class-validator';

import {
  contract,
  DeadLetterException,
  DeferException,
  EventPattern,
  InjectSender,
  RetryException,
  ServiceBusContext,
  ServiceBusMessageBuilder,
  ServiceBusModule,
  type ServiceBusModuleOptions,
  type ServiceBusSender,
} from '../src/index.js';
import { ServiceBusTestbed, type ServiceBusTestbedOptions } from '../src/testing.js';

class Order {
  @IsInt()
  readonly id!: number;
}

@Injectable()
class Stock {
  take(_id: number): void | Promise<void> {
    // Enough of everything.
  }
}

@Controller()
class OrdersController {
  constructor(
    @Inject(Stock) private readonly stock: Stock,
    @InjectSender('audit') private readonly audit: ServiceBusSender,
  ) {}

  @MessagePattern('orders')
  async place(@Payload() order: Order, @Ctx() context: ServiceBusContext): Promise<{ billed: number }> {
    await this.stock.take(order.id);
    if (order.id === 2 && context.attempt < 3) throw new Error('the price list is locked');
    if (order.id === 3) throw new DeadLetterException('Refused', 'nobody may buy 3');
    if (order.id === 4) throw new DeferException();
    if (order.id === 5 && context.attempt === 1) throw new RetryException({ delayMs: 3_600_000 });
    await this.audit.sendMessages({ body: `order ${order.id}` });
    return { billed: order.id };
  }
}

@Controller()
class VisitsController {
  static readonly seen: string[] = [];

  @EventPattern('visits')
  visit(@Payload() page: string, @Ctx() { message, attempt }: ServiceBusContext): void {
    if (page === 'broken' && attempt === 1) throw new Error('try again');
    VisitsController.seen.push(`${message.sessionId} ${page}`);
  }
}

@Module({
  imports: [
    ServiceBusModule.forFeature({
      pattern: 'orders',
      queue: 'orders-in',
      replyTo: 'billing',
      senders: ['audit'],
    }),
  ],
  controllers: [OrdersController],
  providers: [Stock],
})
class OrdersModule {}

@Controller('orders')
class ShopController {
  constructor(@InjectSender('orders-in') private readonly orders: ServiceBusSender) {}

  @Post(':id')
  order(@Param('id') id: string): Promise<void> {
    return this.orders.sendMessages({ body: { id: Number(id) } });
  }
}

@Module({
  imports: [
    ServiceBusModule.forRootAsync({
      useFactory: (): ServiceBusModuleOptions => {
        throw new Error('no namespace is configured');
      },
    }),
    OrdersModule,
    ServiceBusModule.forFeature({ senders: ['orders-in'] }),
  ],
  controllers: [ShopController],
})
class ApplicationModule {}

@Module({
  imports: [ServiceBusModule.forFeature({ pattern: 'visits', sessions: { maxConcurrentSessions: 2 } })],
  controllers: [VisitsController],
})
class VisitsModule {}

function errorOf(work: () => unknown): Error {
  try {
    work();
  } catch (error) {
    return error as Error;
  }
  throw new Error('it has not failed');
}

describe('ServiceBusTestbed', () => {
  let bus: ServiceBusTestbed;

  async function open(options: ServiceBusTestbedOptions): Promise<void> {
    bus = await ServiceBusTestbed.create({
      logger: false,
      timeoutMs: 20_000,
      configure: (app) => app.useGlobalPipes(new ValidationPipe({ transform: true })),
      ...options,
    });
  }

  afterEach(() => bus.close());

  it('sees what is sent, completed, deferred and dead-lettered, and needs no entity to be declared', async () => {
    await open({ imports: [OrdersModule] });
    await bus.send('orders', { id: 1 });
    await bus.send('orders', { id: 3 });
    await bus.send('orders', { id: 4 });
    await bus.send('orders', { id: 'six' });
    await bus.settled();

    expect(bus.sent.all().map(({ to, body }) => [to, body])).toEqual([
      ['audit', 'order 1'],
      ['billing', { billed: 1 }],
    ]);
    bus.sent.none({ to: 'orders-in' });
    expect(bus.completed.one().body).toMatchObject({ id: 1 });
    expect(bus.deferred.one()).toMatchObject({ from: 'orders-in', pattern: 'orders', attempt: 1 });
    expect(bus.deadLettered.one({ reason: 'Refused' }).description).toContain('nobody may buy 3');
    expect(bus.deadLettered.one({ reason: 'ValidationFailed' }).body).toEqual({ id: 'six' });
    expect(bus.entity('orders-in/$DeadLetterQueue').messageCount).toBe(2);
    expect(() => bus.sent.one({ to: 'billing', body: { billed: 9 } })).toThrow(
      "expected one message to be sent with { to: 'billing', body: { billed: 9 } }, found 0. All there are:\n" +
        "  { to: 'audit', body: 'order 1'",
    );
  });

  it('gives assertions what they can print: what was seen, without the objects of the SDK', async () => {
    await open({ imports: [OrdersModule] });
    await bus.send('orders', new ServiceBusMessageBuilder({ id: 2 }).setMessageId('m-2').build());
    await bus.send('orders', { id: 3 });
    await bus.settled();
    await bus.clock.advance(1_000_000);

    expect(bus.completed).toStrictEqual([
      { from: 'orders-in', pattern: 'orders', body: { id: 2 }, messageId: 'm-2', attempt: 3 },
    ]);
    expect(bus.completed[0]?.message.deliveryCount).toBe(2);
    expect(bus.sent).toMatchObject([
      { to: 'audit' },
      { to: 'billing', sessionId: undefined, properties: {} },
    ]);
    expect(Object.keys(bus.sent[0] ?? {})).toEqual(['to', 'body', 'messageId']);
    expect(bus.retried).toContainEqual(
      expect.objectContaining({ error: new Error('the price list is locked') }),
    );
    const failures = [
      () => expect(bus.deadLettered).toEqual([]),
      () => expect(bus.deadLettered).toMatchObject([{ reason: 'Other' }]),
      () => expect(bus.deadLettered).toHaveLength(3),
      () => deepStrictEqual(bus.deadLettered, []),
      () => bus.deadLettered.one({ reason: 'Other' }),
      () => bus.deadLettered.none(),
    ];
    // A report shows the line of the test.
    expect(errorOf(() => bus.deadLettered.none()).stack).toMatch(
      /'nobody may buy 3' \}\n +at [^\n]+testbed\.spec/,
    );
    for (const failure of failures) {
      const { message } = errorOf(failure);
      expect(message).toContain('Refused');
      expect(message.length).toBeLessThan(1_000);
    }
  });

  it('sees retries when the clock comes to them, and not before', async () => {
    await open({ imports: [OrdersModule] });
    await bus.send('orders', { id: 2 });
    await bus.settled();
    expect(bus.retried.one()).toMatchObject({ attempt: 1, delayMs: 1_000 });
    await bus.clock.advance(999);
    expect(bus.retried).toHaveLength(1);
    bus.completed.none();
    await bus.clock.advance(1);
    expect(bus.retried.all().map(({ delayMs }) => delayMs)).toEqual([1_000, 2_000]);
    await bus.clock.advance(60_000);
    expect(bus.completed.one()).toMatchObject({ attempt: 3 });
    bus.sent.one({ to: 'billing' });
  });

  it('takes the copy that waits at the broker for the message itself', async () => {
    await open({ imports: [OrdersModule] });
    await bus.send('orders', { id: 5 });
    await bus.settled();
    bus.retried.one({ delayMs: 3_600_000 });
    bus.completed.none();
    expect(bus.entity('orders-in').counts.scheduled).toBe(1);
    await bus.clock.advance(3_600_000);
    expect(bus.completed.one()).toMatchObject({ attempt: 2 });
    expect(bus.sent.all({ to: 'orders-in' })).toEqual([]);
  });

  it('replaces providers, and leaves delayed messages to the clock', async () => {
    const taken: number[] = [];
    await open({
      imports: [OrdersModule],
      override: (builder) =>
        builder.overrideProvider(Stock).useValue({ take: (id: number) => taken.push(id) }),
    });
    await bus.send('orders', new ServiceBusMessageBuilder({ id: 7 }).setDelayMs(86_400_000).build());
    await bus.settled();
    expect(taken).toEqual([]);
    await bus.clock.advance(86_400_000);
    expect(taken).toEqual([7]);
    bus.clear();
    expect([bus.sent.length, bus.completed.length]).toEqual([0, 0]);
  });

  it('knows which sessions wait: for a retry, or for a place', async () => {
    VisitsController.seen.length = 0;
    await open({ imports: [VisitsModule] });
    const visit = (page: string, sessionId: string): Promise<void> =>
      bus.send('visits', new ServiceBusMessageBuilder(page).setSessionId(sessionId).build());
    await visit('broken', 'a');
    await visit('home', 'a');
    await visit('home', 'b');
    await visit('home', 'c');
    await bus.settled();
    // a waits for its retry, and b's place is not free yet.
    expect(VisitsController.seen).toEqual(['b home']);
    await bus.clock.advance(10_000);
    expect(VisitsController.seen.filter((line) => line.startsWith('a'))).toEqual(['a broken', 'a home']);
    expect(VisitsController.seen).toContain('c home');
  });

  it('renews the lock of a handler that is still at work, and says so where it is waited for', async () => {
    let finish = (): void => undefined;
    const held = new Promise<void>((resolve) => (finish = resolve));
    let begun = (): void => undefined;
    const isBegun = new Promise<void>((resolve) => (begun = resolve));
    await open({
      imports: [OrdersModule],
      override: (builder) => builder.overrideProvider(Stock).useValue({ take: () => (begun(), held) }),
    });
    await bus.send('orders', { id: 8 });
    await isBegun;
    await expect(bus.settled({ timeoutMs: 100 })).rejects.toThrow(
      /not settled in 100 ms:\n {2}orders: the handler has not ended for message .*, attempt 1/,
    );
    await bus.clock.advance(600_000, { awaitHandlers: false });
    expect(bus.entity('orders-in').lockedCount).toBe(1);
    finish();
    await bus.settled();
    expect(bus.completed.one()).toMatchObject({ attempt: 1 });
  });

  it('serves HTTP, takes the place of the namespace that the application names, and hands out its own', async () => {
    let connectionString: string | undefined;
    await open({
      http: true,
      imports: (broker) => {
        ({ connectionString } = broker);
        return [ApplicationModule];
      },
    });
    await bus.app.init();
    const { port } = (
      (await (bus.app as INestApplication).listen(0, '127.0.0.1')) as Server
    ).address() as AddressInfo;
    await fetch(`http://127.0.0.1:${port}/orders/1`, { method: 'POST' });
    await bus.settled();
    expect(bus.sent.all({ to: 'orders-in' })).toHaveLength(1);
    bus.sent.one({ to: 'billing' });
    expect(connectionString).toBe(bus.emulator.connectionString);
    expect(bus.get(Stock)).toBeInstanceOf(Stock);
  });

  it('publishes by a contract, and is not taken for the application', async () => {
    const OrderPlaced = contract('order-placed', Order, { to: 'orders-in' });
    await open({ imports: [OrdersModule] });
    await bus.publish(OrderPlaced, { id: 9 });
    await bus.settled();
    bus.completed.one({ from: 'orders-in', body: { id: 9 } });
    bus.sent.none({ to: 'orders-in' });
    await expect(bus.publish(OrderPlaced, { id: 1.5 })).rejects.toThrow('id must be an integer');
  });

  it('says what is wrong with a name, a time, an application', async () => {
    await open({ imports: [OrdersModule] });
    await expect(bus.send('ordres', {})).rejects.toThrow(
      'there is no binding, queue or topic "ordres": did you mean "orders"?',
    );
    await bus.close();
    await expect(bus.send('orders', {})).rejects.toThrow(
      'nothing can be sent to orders-in: the testbed is closed',
    );
    await expect(bus.clock.advance(-1)).rejects.toThrow('by -1 ms: expected a number from 0');
    const unbound = ServiceBusModule.forFeature({ pattern: 'nobody' });
    await expect(ServiceBusTestbed.create({ imports: [unbound] })).rejects.toThrow(
      'binding "nobody" has no handler',
    );
  });

  it.each<[string, unknown, string]>([
    [
      'nothing',
      undefined,
      'ServiceBusTestbed.create: what is under test is missing: give it { imports: [...] }',
    ],
    ['another name', { import: [] }, 'ServiceBusTestbed.create: import is not known: did you mean imports?'],
    [
      'a class',
      { imports: OrdersModule },
      'imports is the class OrdersModule: write imports: [OrdersModule]',
    ],
    [
      'undefined imports',
      { imports: [undefined] },
      'The module at index [1] of the RootTestModule "imports" array is undefined',
    ],
  ])('says what is wrong with its options: %s', async (_, options, line) => {
    await expect(ServiceBusTestbed.create(options as ServiceBusTestbedOptions)).rejects.toThrow(line);
  });

  it('says that nothing under test has a handler', async () => {
    await open({});
    await expect(bus.send('orders', 1)).rejects.toThrow(
      'there is no binding, queue or topic "orders": nothing under test has a handler: ' +
        'name its module in imports, or its class in controllers',
    );
  });

  it('keeps what a forRoot says, but for its connection and what would ask the namespace', async () => {
    const root = ServiceBusModule.forRoot({
      connectionString: 'Endpoint=sb://127.0.0.1:1;SharedAccessKeyName=a;SharedAccessKey=b;',
      entityPrefix: 'mine-',
      provision: 'verify',
      drainTimeoutMs: 3_600_000,
    });
    await open({ imports: [root, OrdersModule] });
    await bus.send('orders', { id: 1 });
    await bus.settled();
    bus.sent.one({ to: 'mine-billing' });
    expect(bus.completed.one().from).toBe('mine-orders-in');
  });
});
