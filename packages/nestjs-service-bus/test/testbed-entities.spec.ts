import { afterEach, describe, expect, it } from '@jest/globals';
import { Controller, Inject, Injectable } from '@nestjs/common';
import { ClientsModule, MessagePattern } from '@nestjs/microservices';
import { IsInt } from 'class-validator';
import { lastValueFrom } from 'rxjs';

import { until } from '../../../test/support/until.js';
import {
  contract,
  EventPattern,
  Handles,
  Publishes,
  ServiceBusClientProxy,
  ServiceBusHandler,
  ServiceBusModule,
  ServiceBusPublisher,
} from '../src/index.js';
import { ServiceBusTestbed, type ServiceBusTestbedOptions, type TestBroker } from '../src/testing.js';

class Order {
  @IsInt()
  readonly id!: number;
}

const OrderPlaced = contract('order-placed', Order, { to: 'orders' });
const OrderBilled = contract('order-billed', Order, { to: 'billed' });
const OrderSeen = contract('order-seen', Order, { to: 'seen', entity: { kind: 'topic' } });
const GetPrice = contract('get-price', Order, { to: 'prices', result: Number });

@Injectable()
@Publishes(OrderBilled, OrderSeen, GetPrice)
class Shop {
  constructor(readonly publisher: ServiceBusPublisher) {}
}

@Controller()
class OrdersController {
  constructor(
    private readonly shop: Shop,
    @Inject('CLIENT') private readonly client: ServiceBusClientProxy,
  ) {}

  @Handles(OrderPlaced)
  async placed({ id }: Order): Promise<void> {
    const euros = await this.shop.publisher.request(GetPrice, { id });
    await this.shop.publisher.publish(OrderBilled, { id: euros });
    await this.shop.publisher.publish(OrderSeen, { id });
    await lastValueFrom(this.client.emit('note', `order ${id}`), { defaultValue: undefined });
    await lastValueFrom(this.client.emit('told', await lastValueFrom(this.client.send<string>('name', id))));
  }

  @Handles(GetPrice)
  price({ id }: Order): number {
    return id * 3;
  }

  @MessagePattern('name')
  name(id: number): string {
    return `tea ${id}`;
  }
}

/** What nobody has declared is read under the name of its pattern. */
@Controller()
class StarController {
  @ServiceBusHandler({
    pattern: 'shop',
    topic: 'events',
    subscription: 'shop',
    entity: {
      lockDuration: 'PT30S',
      maxDeliveryCount: 3,
      forwardDeadLettersTo: 'dead',
      rules: { big: 'amount > 100', tea: { subject: 'tea', properties: { kind: 'green' } } },
    },
  })
  note(): void {
    // It is enough to be read.
  }

  @EventPattern('refused')
  bury(): void {
    // It is enough to be read.
  }
}

const clients = ({ connectionString }: TestBroker, replyQueueRequiresSession: boolean) =>
  ClientsModule.register([
    {
      name: 'CLIENT',
      customClass: ServiceBusClientProxy,
      options: {
        connectionString,
        queues: { note: 'notes' },
        topics: { told: 'talk' },
        replyQueue: 'names',
        replyQueueRequiresSession,
      },
    },
  ]);

/** Brokers of this process. */
function listeningCount(): number {
  return process.getActiveResourcesInfo().filter((resource) => resource === 'TCPServerWrap').length;
}

describe('the entities of a testbed', () => {
  let bus: ServiceBusTestbed | undefined;

  async function open(options: ServiceBusTestbedOptions): Promise<ServiceBusTestbed> {
    return (bus = await ServiceBusTestbed.create({ logger: false, timeoutMs: 20_000, ...options }));
  }

  afterEach(async () => {
    await bus?.close();
    bus = undefined;
  });

  it.each([false, true])(
    'are those of contracts, of client proxies, and for answers, with sessions: %p',
    async (requiresSession) => {
      await open({
        imports: (broker) => [clients(broker, requiresSession)],
        controllers: [OrdersController],
        providers: [Shop],
        module: { replyQueue: 'answers', replyQueueRequiresSession: requiresSession },
      });
      expect([...bus!.emulator.entityNames].sort()).toEqual(
        ['answers', 'billed', 'name', 'names', 'notes', 'orders', 'prices', 'seen', 'talk'].sort(),
      );
      await bus!.publish(OrderPlaced, { id: 2 });
      await bus!.settled();
      expect(bus!.deadLettered).toEqual([]);
      bus!.sent.one({ to: 'billed', body: { id: 6 } });
      bus!.sent.one({ to: 'seen', body: { id: 2 } });
      bus!.sent.one({ to: 'notes', body: 'order 2' });
      bus!.sent.one({ to: 'talk', body: 'tea 2' });
    },
  );

  it('are as the application declares them, with their rules, and what they forward to', async () => {
    await open({
      imports: [
        ServiceBusModule.forFeature({ pattern: 'refused', queue: 'old/$DeadLetterQueue' }),
        ServiceBusModule.forFeature({
          receivers: { audit: { topic: 'events', subscription: 'audit' } },
          entities: { wide: { lockDuration: 'PT1M', requiresSession: true, duplicateDetection: 'PT1H' } },
        }),
      ],
      controllers: [StarController],
    });
    const send = (message: object): Promise<void> => bus!.sendMessage('events', { body: 1, ...message });
    await send({ applicationProperties: { amount: 101 } });
    await send({ applicationProperties: { amount: 100 } });
    await send({ subject: 'tea', applicationProperties: { kind: 'green' } });
    await send({ subject: 'tea', applicationProperties: { kind: 'black' } });
    await bus!.settled();
    expect(bus!.completed).toHaveLength(2);
    expect(bus!.entity('events/Subscriptions/audit').messageCount).toBe(4);
    expect([...bus!.emulator.entityNames].sort()).toEqual(['dead', 'events', 'old', 'wide']);
    await bus!.sendMessage('wide', { body: 1, messageId: '1', sessionId: 'a' });
    await bus!.sendMessage('wide', { body: 1, messageId: '1', sessionId: 'a' });
    expect(bus!.entity('wide').messageCount).toBe(1);
  });

  it('are as the test says, where it says what they are like', async () => {
    await open({
      controllers: [StarController],
      entities: {
        queues: ['refused'],
        topics: [{ name: 'events', subscriptions: [{ name: 'shop', maxDeliveryCount: 1 }] }],
      },
    });
    await bus!.sendMessage('events', { body: 1 });
    await bus!.settled();
    expect(bus!.completed).toHaveLength(1);
  });

  it.each<[string, ServiceBusTestbedOptions, string]>([
    [
      'a name that no entity can have',
      { imports: [ServiceBusModule.forFeature({ senders: ['what?'] })] },
      "queue or topic what? (a sender) cannot be made: The name 'what?' cannot be used: it contains a character",
    ],
    [
      'a subscription of what the test has made as a queue',
      { controllers: [StarController], entities: { queues: ['events'] } },
      'topic events (binding "shop"): it is a queue: the test\'s option entities makes it',
    ],
    [
      'a queue without sessions that is read with them',
      {
        imports: [ServiceBusModule.forFeature({ pattern: 'refused', sessions: {} })],
        controllers: [StarController],
        entities: { queues: ['Refused'] },
      },
      'queue refused (binding "refused"): it has requiresSession: false: the test\'s option entities makes it',
    ],
    [
      'one name for a queue and a topic',
      {
        imports: (broker) => [
          clients(broker, false),
          ServiceBusModule.forFeature({ pattern: 'refused', queue: 'talk' }),
        ],
        controllers: [StarController],
      },
      'talk is a queue in binding "refused" and a topic in client "CLIENT": ' +
        'read a subscription of the topic, or give one of them another name',
    ],
    [
      'a queue that forwards to itself',
      { imports: [ServiceBusModule.forFeature({ entities: { loop: { forwardTo: 'loop' } } })] },
      'queue loop (entities of forFeature, what loop forwards) cannot be made: ' +
        "'loop' cannot forward its messages to itself",
    ],
  ])(
    'say who names them where one cannot be made, and leave nothing behind: %s',
    async (_, options, line) => {
      const before = listeningCount();
      await expect(open(options)).rejects.toThrow(line);
      await until(() => listeningCount() <= before);
      // The next testbed has nothing of it.
      await open({ controllers: [StarController] });
      expect(bus!.emulator.entityNames).not.toContain('what?');
    },
  );
});
