import { beforeEach, describe, expect, it } from '@jest/globals';
import { Controller } from '@nestjs/common';
import { Ctx, EventPattern, MessagePattern, Payload } from '@nestjs/microservices';
import { lastValueFrom } from 'rxjs';

import { until } from '../../../test/support/until.js';
import { ServiceBusClientProxy, ServiceBusContext, ServiceBusModule } from '../src/index.js';
import { type ServiceBusTestbed, type ServiceBusTestbedOptions } from '../src/testing.js';
import { serviceBusScene } from './support/service-bus-scene.js';
import { useTestbeds } from './support/work-testbed.js';

let seen: unknown[][] = [];

@Controller()
class OrderEventsController {
  @EventPattern({ binding: 'order-events', subject: 'created' })
  onCreated(@Payload() order: unknown, @Ctx() context: ServiceBusContext): void {
    seen.push(['created', order, context.entityPath]);
  }

  @EventPattern({ binding: 'order-events', subject: 'cancelled' })
  async onCancelled(@Payload() order: unknown): Promise<void> {
    await Promise.resolve();
    if (order === 'bad') throw new TypeError('cannot cancel');
    seen.push(['cancelled', order]);
  }
}

@Controller()
class AuditController {
  @EventPattern({ binding: 'audit' })
  onAny(@Payload() payload: unknown, @Ctx() { message, pattern }: ServiceBusContext): string {
    seen.push([pattern, message.subject, payload]);
    return 'not a reply';
  }
}

@Controller()
class QuoteController {
  @MessagePattern('quotes')
  quote(@Payload() item: string): string {
    return `${item}: 10`;
  }
}

const ORDER_EVENTS = ServiceBusModule.forFeature({
  pattern: 'order-events',
  topic: 'events',
  subscription: 'orders',
  retry: { maxAttempts: 1 },
});
const AUDIT = ServiceBusModule.forFeature({ pattern: 'audit', topic: 'events', subscription: 'audit' });

describe('a binding to a subscription of a topic', () => {
  const { open } = useTestbeds();
  let bus: ServiceBusTestbed;

  beforeEach(() => {
    seen = [];
  });

  async function start(options: ServiceBusTestbedOptions): Promise<void> {
    // The second one has nobody who reads it, unless the test starts a reader.
    const topics = [{ name: 'events', subscriptions: ['orders', 'audit'] }];
    bus = await open({ entities: { queues: ['out', 'replies'], topics }, ...options });
  }

  const left = (subscription: string): number =>
    bus.entity(`events/Subscriptions/${subscription}`).messageCount;

  it('has several event handlers, each for one subject', async () => {
    await start({ controllers: [OrderEventsController], imports: [ORDER_EVENTS] });
    await bus.sendMessage('events', { body: 1, subject: 'created' });
    await bus.sendMessage('events', { body: 2, subject: 'cancelled' });
    await bus.settled();
    expect(seen.sort()).toEqual([
      ['cancelled', 2],
      ['created', 1, 'events/Subscriptions/orders'],
    ]);
    expect(bus.completed.all({ from: 'events/Subscriptions/orders' })).toHaveLength(2);
    expect([left('orders'), left('audit')]).toEqual([0, 2]);
  });

  it('dead-letters messages without a handler, and failed ones, on its subscription', async () => {
    await start({ controllers: [OrderEventsController], imports: [ORDER_EVENTS] });
    await bus.sendMessage('events', { body: 1, subject: 'shipped' });
    await bus.sendMessage('events', { body: 'bad', subject: 'cancelled', messageId: 'b' });
    await bus.settled();
    bus.deadLettered.one({ body: 1, reason: 'NoHandler' });
    bus.deadLettered.one({ body: 'bad', reason: 'TypeError' });
    expect(left('orders')).toBe(0);
    const dead = bus.entity('events/Subscriptions/orders/$DeadLetterQueue').messages();
    expect(dead.map(({ subject }) => subject).sort()).toEqual(['cancelled', 'shipped']);
    expect(seen).toEqual([]);
    expect(left('audit')).toBe(2);
  });

  it('shares the topic with other subscriptions: each gets every message, and events send no reply', async () => {
    await start({ controllers: [OrderEventsController, AuditController], imports: [ORDER_EVENTS, AUDIT] });
    await bus.sendMessage('events', { body: 1, subject: 'created', replyTo: 'out' });
    await bus.settled();
    expect(seen.sort()).toEqual([
      ['audit', 'created', 1],
      ['created', 1, 'events/Subscriptions/orders'],
    ]);
    expect([left('orders'), left('audit')]).toEqual([0, 0]);
    expect(bus.sent).toEqual([]);
  });

  it('is reached by a client that emits to the topic with the pattern as subject', async () => {
    await start({ controllers: [OrderEventsController, AuditController], imports: [ORDER_EVENTS, AUDIT] });
    const { connectionString } = bus.emulator;
    const client = new ServiceBusClientProxy({ connectionString, topic: 'events' });
    await lastValueFrom(client.emit('created', { id: 7 }), { defaultValue: undefined });
    await client.close();
    await bus.settled();
    expect(seen.sort()).toEqual([
      ['audit', 'created', { id: 7 }],
      ['created', { id: 7 }, 'events/Subscriptions/orders'],
    ]);
  });

  it('answers requests sent through a topic', async () => {
    const quotes = { pattern: 'quotes', topic: 'events', subscription: 'orders' };
    await start({ controllers: [QuoteController], imports: [ServiceBusModule.forFeature(quotes)] });
    const { connectionString } = bus.emulator;
    const topics = { quotes: 'events' };
    const client = new ServiceBusClientProxy({ connectionString, topics, replyQueue: 'replies' });
    try {
      expect(await lastValueFrom(client.send('quotes', 'tea'))).toBe('tea: 10');
    } finally {
      await client.close();
    }
  });
});

describe('a binding to a subscription that is missing', () => {
  const scene = serviceBusScene({ entities: { topics: ['events'] } });

  it('is reported', async () => {
    const errors: string[] = [];
    await scene.startApp({
      controllers: [AuditController],
      imports: [ServiceBusModule.forFeature({ pattern: 'audit', topic: 'events', subscription: 'missing' })],
      beforeStart: (server) => server.on('error', (error, pattern) => errors.push(pattern + error.message)),
    });
    await until(() => errors.length > 0);
    expect(errors[0]).toMatch(/^audit.*missing/s);
  });
});
