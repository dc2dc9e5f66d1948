import { type ServiceBusReceivedMessage } from '@azure/service-bus';
import { describe, expect, it } from '@jest/globals';
import { Controller, Injectable } from '@nestjs/common';
import { ConfigModule, ConfigService } from '@nestjs/config';
import { Ctx, Payload, RpcException } from '@nestjs/microservices';
import { Type } from 'class-transformer';
import { IsInt, IsNotEmpty, IsPositive, IsString, ValidateNested } from 'class-validator';
import { type Observable, of } from 'rxjs';

import { until } from '../../../test/support/until.js';
import {
  type Contract,
  contract,
  ContractRegistry,
  Handles,
  InvalidPayloadError,
  PublishError,
  Publishes,
  RequestTimeoutError,
  ServiceBusConfigurationError,
  ServiceBusContext,
  ServiceBusModule,
  type ServiceBusModuleOptions,
  ServiceBusPublisher,
} from '../src/index.js';
import { PayloadValidator } from '../src/contract/payload-validator.js';
import { serviceBusScene } from './support/service-bus-scene.js';
import { type ServiceBusAppSetup } from './support/start-service-bus-app.js';

class Line {
  @IsString()
  @IsNotEmpty()
  sku!: string;
}

class OrderDto {
  @IsInt()
  @IsPositive()
  id!: number;

  @ValidateNested({ each: true })
  @Type(() => Line)
  lines!: Line[];
}

class GetPriceDto {
  @IsString()
  @IsNotEmpty()
  item!: string;
}

class PriceDto {
  @IsPositive()
  euros!: number;

  describe(): string {
    return `${this.euros} euros`;
  }
}

class Bare {
  id!: number;
}

const OrderPlaced = contract('order-placed', OrderDto, { to: 'orders' });
const OrderCancelled = contract('order-cancelled', Number, {
  to: 'orders',
  type: 'com.shop.order-cancelled',
});
const GetPrice = contract('get-price', GetPriceDto, { to: 'prices', result: PriceDto });
const UserCreated = contract('created', String, { to: 'events' });
const Configured = contract('configured', String, {
  to: (get) => get(ConfigService).getOrThrow<string>('QUEUE'),
});
const ByToken = contract('by-token', [String], { to: { token: 'EVENTS_TOPIC' } });
const Step = contract('step', OrderDto, {
  to: 'sessions',
  sessionId: ({ id }) => `order ${id}`,
  messageId: ({ id, lines }) => `${id}-${lines.length}`,
});

const seen: unknown[] = [];

@Controller()
class OrdersController {
  @Handles(OrderPlaced)
  placed(@Payload() order: OrderDto, @Ctx() context: ServiceBusContext): void {
    const { subject, contentType, applicationProperties } = context.message;
    seen.push([order, { subject, contentType, ...applicationProperties }]);
  }

  @Handles(OrderCancelled)
  cancelled(@Payload() id: number, @Ctx() context: ServiceBusContext): void {
    seen.push([id, context.message.applicationProperties?.['type']]);
  }
}

@Controller()
class PricesController {
  @Handles(GetPrice)
  price({ item }: GetPriceDto): Observable<PriceDto> | Promise<PriceDto> {
    if (item === 'air') throw new RpcException('nobody sells air');
    if (item === 'nothing') return of({ euros: 0 } as PriceDto);
    return Promise.resolve({ euros: item.length } as PriceDto);
  }
}

@Controller()
class UsersController {
  @Handles(UserCreated, { binding: 'users' })
  created(name: string): void {
    seen.push(name);
  }
}

@Injectable()
@Publishes(OrderPlaced, GetPrice)
class ShopService {
  constructor(readonly publisher: ServiceBusPublisher) {}
}

const ENTITIES = {
  queues: ['orders', 'prices', 'replies', 'from-config', { name: 'sessions', requiresSession: true }],
  topics: [{ name: 'events', subscriptions: ['shop'] }],
};

describe('contracts', () => {
  const scene = serviceBusScene({ entities: ENTITIES });

  async function start(setup: ServiceBusAppSetup = {}): Promise<ServiceBusPublisher> {
    seen.length = 0;
    const options = { replyQueue: 'replies', requestTimeoutMs: 60_000, ...setup.options };
    const { app, receiving } = await scene.startApp({ ...setup, options });
    await receiving();
    return app.get(ServiceBusPublisher);
  }

  const failure = (work: Promise<unknown>): Promise<Error> =>
    work.then(
      () => new Error('nothing failed'),
      (error: unknown) => error as Error,
    );

  const order = { id: 7, lines: [{ sku: 'tea' }] };

  it('go to their handlers by subject, with content type and type, and arrive as their classes', async () => {
    const publisher = await start({ controllers: [OrdersController], providers: [ShopService] });
    await publisher.publish(OrderPlaced, order);
    await publisher.publish(OrderCancelled, 7);
    await until(() => seen.length === 2);
    const placed = { subject: 'order-placed', contentType: 'application/json', type: 'order-placed' };
    expect(seen).toContainEqual([order, placed]);
    expect(seen).toContainEqual([7, 'com.shop.order-cancelled']);
    expect(seen.flat().some((one) => one instanceof OrderDto)).toBe(true);
    await until(() => scene.left('orders') === 0);
  });

  it("are answered with instances of their result, with the handler's error, or not at all", async () => {
    const publisher = await start({ controllers: [PricesController] });
    const price = await publisher.request(GetPrice, { item: 'tea' });
    expect(price.describe()).toBe('3 euros');
    const [wrong, refused, invalid] = await Promise.all([
      failure(publisher.request(GetPrice, { item: 'nothing' })),
      failure(publisher.request(GetPrice, { item: 'air' })),
      failure(publisher.request(GetPrice, { item: '' })),
    ]);
    const impatient = await start({ options: { requestTimeoutMs: 50 } });
    const silent = await failure(impatient.request(GetPrice, { item: 'tea' }, { to: 'from-config' }));
    expect(wrong.message).toBe(
      'contract "get-price": the reply is invalid: euros: euros must be a positive number',
    );
    expect(refused).toMatchObject({ name: 'Error', message: expect.stringContaining('nobody sells air') });
    expect(invalid).toBeInstanceOf(InvalidPayloadError);
    expect(silent).toBeInstanceOf(RequestTimeoutError);
  });

  it('reach the subscription of the binding that the handler names', async () => {
    const users = ServiceBusModule.forFeature({ pattern: 'users', topic: 'events', subscription: 'shop' });
    const publisher = await start({ controllers: [UsersController], imports: [users] });
    await publisher.publish(UserCreated, 'Ada');
    await until(() => seen.includes('Ada'));
  });

  it('take their destination from configuration, by a function or a token', async () => {
    const publisher = await start({
      imports: [ConfigModule.forRoot({ ignoreEnvFile: true, load: [() => ({ QUEUE: 'from-config' })] })],
      providers: [{ provide: 'EVENTS_TOPIC', useValue: 'events' }],
    });
    await publisher.publish(Configured, 'text');
    await publisher.publish(ByToken, ['a', 'b']);
    const [text] = await scene.take('from-config');
    expect(text?.body).toBe('text');
    const prefixed = await start({ options: { entityPrefix: 'ada-' } });
    expect((await prefixed.prepare(OrderPlaced, order)).destination).toBe('ada-orders');
    expect((await prefixed.prepare(OrderPlaced, order, { to: 'a' })).destination).toBe('ada-a');
    expect((await publisher.prepare(ByToken, [])).destination).toBe('events');
  });

  it('are handled from the queue that comes from configuration, without a binding of their own', async () => {
    @Controller()
    class ConfiguredController {
      @Handles(Configured)
      configured(text: string): void {
        seen.push(text);
      }
    }
    const publisher = await start({
      imports: [ConfigModule.forRoot({ ignoreEnvFile: true, load: [() => ({ QUEUE: 'from-config' })] })],
      controllers: [ConfiguredController],
    });
    await publisher.publish(Configured, 'by configuration');
    await until(() => seen.includes('by configuration'));
    await until(() => scene.left('from-config') === 0);
  });

  it('have options for each message, and a session and an id of their own', async () => {
    const publisher = await start();
    const scheduledEnqueueTimeUtc = new Date('2030-01-01');
    const { message } = await publisher.prepare(Step, order, {
      correlationId: 'c',
      timeToLive: 60_000,
      applicationProperties: { tenant: 'a' },
      scheduledEnqueueTimeUtc,
    });
    expect(message).toMatchObject({
      sessionId: 'order 7',
      messageId: '7-1',
      correlationId: 'c',
      timeToLive: 60_000,
      applicationProperties: { tenant: 'a', type: 'step' },
      scheduledEnqueueTimeUtc,
      subject: 'step',
      body: order,
    });
    const other = await publisher.prepare(Step, order, { sessionId: 's', messageId: 'm', to: 'orders' });
    expect(other).toMatchObject({ destination: 'orders', message: { sessionId: 's', messageId: 'm' } });
  });

  it('keep the order of the calls in a session, however long each is validated', async () => {
    const publisher = await start();
    // Instances take another way through validation than plain objects.
    const instance = Object.assign(new OrderDto(), order);
    const steps = Array.from({ length: 20 }, (_, index) =>
      publisher.publish(Step, index % 2 === 0 ? instance : order, { messageId: String(index) }),
    );
    const bad = failure(publisher.publish(Step, { ...order, id: -1 }, { messageId: 'bad' }));
    await Promise.all(steps);
    expect(await bad).toBeInstanceOf(InvalidPayloadError);
    const session = await scene.client.acceptNextSession('sessions', { receiveMode: 'receiveAndDelete' });
    const received: ServiceBusReceivedMessage[] = [];
    while (received.length < 20) received.push(...(await session.receiveMessages(20)));
    expect(received.map(({ messageId }) => messageId)).toEqual(
      Array.from({ length: 20 }, (_, n) => String(n)),
    );
    await session.close();
  });

  it('do not leave with a payload that does not fit, and say which property breaks which rule', async () => {
    const publisher = await start();
    const bad = { id: -1, lines: [{ sku: 'tea' }, { sku: '' }] };
    const error = await failure(publisher.publish(OrderPlaced, bad));
    expect(error).toBeInstanceOf(InvalidPayloadError);
    expect(error.message).toBe(
      'contract "order-placed": the payload is invalid: id: id must be a positive number; ' +
        'lines.1.sku: sku should not be empty',
    );
    for (const [given, problem] of [
      [undefined, 'it is undefined, expected is an object'],
      [[order], 'it is an array, expected is an object'],
      ['text', 'it is string, expected is an object'],
    ] as const) {
      const { problems } = (await failure(
        publisher.publish(OrderPlaced, given as unknown as OrderDto),
      )) as InvalidPayloadError;
      expect(problems).toEqual([problem]);
    }
    const list = await failure(
      publisher.publish(contract('list', [OrderDto], { to: 'orders' }), [order, bad]),
    );
    expect(list.message).toContain(
      '1.id: id must be a positive number; 1.lines.1.sku: sku should not be empty',
    );
    expect((await failure(publisher.publish(OrderCancelled, Number.NaN))).message).toContain('it is NaN');
    expect(scene.left('orders')).toBe(0);
  });

  it('leave unvalidated where that is wanted, for one contract or for all', async () => {
    const publisher = await start();
    await publisher.publish(contract('bare', Bare, { to: 'orders', validate: false }), { id: 1 });
    const careless = await start({ options: { validateContracts: false } });
    await careless.publish(contract('bare', Bare, { to: 'orders' }), { id: 2 });
    await careless.publish(OrderPlaced, { id: -1 } as OrderDto);
    expect(scene.left('orders')).toBe(3);
  });

  it('leave unvalidated where class-validator is not installed', async () => {
    const validator = await PayloadValidator.load(() => Promise.reject(new Error('not found')));
    expect(validator.isInstalled).toBe(false);
    expect(validator.hasRules(Bare)).toBe(true);
    expect(await validator.check('x', OrderDto, 'anything')).toBe('anything');
  });

  it.each<[string, (publisher: ServiceBusPublisher) => Promise<unknown>, string]>([
    [
      'no destination',
      (publisher) => publisher.publish(contract('x', String), 'a'),
      'contract "x" names no destination: give it { to: \'…\' }, or pass { to } to publish()',
    ],
    [
      'a class without validators',
      (publisher) => publisher.publish(contract('x', Bare, { to: 'orders' }), { id: 1 }),
      'contract "x": Bare has no decorators of class-validator: decorate its properties, ' +
        'or let it leave unvalidated with { validate: false }',
    ],
    [
      'no session',
      (publisher) => publisher.publish(OrderPlaced, order, { to: 'sessions' }),
      'contract "order-placed": "sessions" requires sessions, and the message has none: pass { sessionId } to ' +
        'publish(), or give the contract sessionId: (payload) => …',
    ],
    [
      'an unknown destination',
      (publisher) => publisher.publish(OrderPlaced, order, { to: 'nowhere' }),
      'contract "order-placed": there is no queue or topic "nowhere": create it, or correct the contract\'s "to"',
    ],
    [
      'an unknown option',
      (publisher) => publisher.publish(OrderPlaced, order, { sesionId: 'a' } as object),
      'contract "order-placed": sesionId is not known: did you mean sessionId?',
    ],
    [
      'an empty session',
      (publisher) => publisher.publish(OrderPlaced, order, { sessionId: '' }),
      'contract "order-placed": sessionId is empty, and must be a text of 1 to 128 characters',
    ],
    [
      'a long session',
      (publisher) => publisher.publish(OrderPlaced, order, { sessionId: 'a'.repeat(129) }),
      'contract "order-placed": sessionId has 129 characters, allowed are 128',
    ],
    [
      'a name that another contract has',
      async (publisher) => {
        await publisher.publish(contract('twice', String, { to: 'orders' }), 'a');
        await publisher.publish(contract('twice', Number, { to: 'orders' }), 1);
      },
      'two contracts are named "twice"',
    ],
    [
      'a provider that is not there',
      (publisher) => publisher.publish(ByToken, []),
      'contract "by-token": its destination "to" could not be found: ',
    ],
    [
      'a request without a queue for replies',
      (publisher) => publisher.request(GetPrice, { item: 'tea' }),
      'contract "get-price": request() needs a queue for replies: ServiceBusModule.forRoot({ replyQueue: \'…\' })',
    ],
  ])('name the remedy for %s', async (_, work, message) => {
    const publisher = await start({ options: { replyQueue: undefined } });
    const error = await failure(work(publisher));
    expect(error.message).toContain(message);
    expect([ServiceBusConfigurationError, PublishError]).toContain(error.constructor);
  });

  it.each<[string, () => Contract, string]>([
    [
      'a payload that is undefined',
      () => contract('x', undefined as unknown as typeof OrderDto),
      'contract "x": its payload is undefined: two files that import each other leave a class undefined, ' +
        'move it to a file of its own',
    ],
    ['a name with a space', () => contract('order placed', String), 'the name may have letters, digits'],
    [
      'an option that is not known',
      () => contract('x', String, { too: 'orders' } as object),
      'did you mean to?',
    ],
    ['an empty destination', () => contract('x', String, { to: '' }), 'contract "x": to is empty'],
  ])('are refused with %s', (_, make, message) => {
    expect(make).toThrow(ServiceBusConfigurationError);
    expect(make).toThrow(message);
  });

  it('are checked when the application starts, and described', async () => {
    const OtherPlaced = contract('order-placed', Bare, { to: 'orders' });

    @Injectable()
    @Publishes(OtherPlaced, ByToken)
    class OtherService {}

    const wrong = await failure(start({ controllers: [OrdersController], providers: [OtherService] }));
    expect(wrong.message.split('\n')).toEqual(
      expect.arrayContaining([
        expect.stringContaining('contract "by-token": its destination "to" could not be found'),
        'two contracts are named "order-placed" (OrdersController.placed; OtherService): ' +
          'export one and import it in both places, or give one of them another name',
        expect.stringContaining('contract "order-placed": Bare has no decorators'),
      ]),
    );
    const { app } = await scene.startApp({
      controllers: [OrdersController, PricesController],
      providers: [ShopService],
    });
    expect(app.get(ContractRegistry).contracts()).toContainEqual({
      name: 'get-price',
      subject: 'get-price',
      payload: 'GetPriceDto',
      result: 'PriceDto',
      destination: 'prices',
      publishers: ['ShopService'],
      handlers: ['PricesController.price'],
    });
  });

  it('have types that the compiler holds publishers and handlers to', () => {
    class Wrong {
      // @ts-expect-error the payload is an OrderDto
      @Handles(OrderPlaced)
      price(_: GetPriceDto): void {
        // Never called.
      }

      // @ts-expect-error the result is a PriceDto
      @Handles(GetPrice)
      text(_: GetPriceDto): string {
        return '';
      }

      @Handles(GetPrice)
      batch(_: GetPriceDto[]): PriceDto[] {
        return [];
      }

      @Handles(OrderPlaced)
      careless(): void {
        // Never called.
      }
    }
    expect(Wrong).toBeDefined();
    const check = (publisher: ServiceBusPublisher): unknown => [
      // @ts-expect-error an order has an id and lines
      publisher.publish(OrderPlaced, { id: 1 }),
      // @ts-expect-error there is no such property
      publisher.publish(OrderPlaced, { ...order, total: 1 }),
      // @ts-expect-error an event has no answer
      publisher.request(OrderPlaced, order),
      // @ts-expect-error the session is made of the payload
      contract('x', OrderDto, { sessionId: ({ nothing }) => String(nothing) }),
    ];
    expect(check).toBeDefined();
    const options: Partial<ServiceBusModuleOptions> = { validateContracts: false };
    expect(options).toBeDefined();
  });
});
