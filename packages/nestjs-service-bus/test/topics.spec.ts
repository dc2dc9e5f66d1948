import { type ServiceBusReceivedMessage } from '@azure/service-bus';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { Controller } from '@nestjs/common';
import { Ctx, EventPattern, MessagePattern, Payload } from '@nestjs/microservices';
import { lastValueFrom } from 'rxjs';

import { until } from '../../../test/support/until.js';
import { ServiceBusClientProxy, ServiceBusContext, ServiceBusModule } from '../src/index.js';
import { serviceBusScene } from './support/service-bus-scene.js';
import { type ServiceBusApp } from './support/start-service-bus-app.js';

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
  const scene = serviceBusScene({
    entities: {
      queues: ['out', 'replies'],
      topics: [{ name: 'events', subscriptions: ['orders', 'audit'] }],
    },
  });

  beforeEach(() => {
    seen = [];
  });

  const left = (subscription: string): number => scene.left(`events/Subscriptions/${subscription}`);

  async function start(...parts: Parameters<typeof scene.startApp>): Promise<ServiceBusApp> {
    const app = await scene.startApp(...parts);
    await app.receiving();
    return app;
  }

  async function takeDead(subscription: string): Promise<ServiceBusReceivedMessage | undefined> {
    const receiver = scene.client.createReceiver('events', subscription, { subQueueType: 'deadLetter' });
    const [dead] = await receiver.receiveMessages(1, { maxWaitTimeInMs: 5_000 });
    await receiver.close();
    return dead;
  }

  it('has several event handlers, each for one subject', async () => {
    await start({ controllers: [OrderEventsController], imports: [ORDER_EVENTS] });
    await scene.send('events', { body: 1, subject: 'created' }, { body: 2, subject: 'cancelled' });
    await until(() => seen.length === 2 && left('orders') === 0);
    expect(seen.sort()).toEqual([
      ['cancelled', 2],
      ['created', 1, 'events/Subscriptions/orders'],
    ]);
    expect(left('audit')).toBe(2);
  });

  it('dead-letters messages without a handler, and failed ones, on its subscription', async () => {
    await start({ controllers: [OrderEventsController], imports: [ORDER_EVENTS] });
    await scene.send('events', { body: 1, subject: 'shipped' });
    expect(await takeDead('orders')).toMatchObject({
      body: 1,
      subject: 'shipped',
      deadLetterReason: 'NoHandler',
    });
    await until(() => left('orders') === 0);
    await scene.send('events', { body: 'bad', subject: 'cancelled', messageId: 'b' });
    await until(() => scene.left('events/Subscriptions/orders/$DeadLetterQueue') === 2);
    expect(seen).toEqual([]);
    expect(left('audit')).toBe(2);
  });

  it('shares the topic with other subscriptions: each gets every message, and events send no reply', async () => {
    await start({ controllers: [OrderEventsController, AuditController], imports: [ORDER_EVENTS, AUDIT] });
    await scene.send('events', { body: 1, subject: 'created', replyTo: 'out' });
    await until(() => seen.length === 2 && left('orders') === 0 && left('audit') === 0);
    expect(seen.sort()).toEqual([
      ['audit', 'created', 1],
      ['created', 1, 'events/Subscriptions/orders'],
    ]);
    expect(scene.left('out')).toBe(0);
  });

  it('is reached by a client that emits to the topic with the pattern as subject', async () => {
    await start({ controllers: [OrderEventsController, AuditController], imports: [ORDER_EVENTS, AUDIT] });
    const { connectionString } = scene.emulator;
    const client = new ServiceBusClientProxy({ connectionString, topic: 'events' });
    await lastValueFrom(client.emit('created', { id: 7 }), { defaultValue: undefined });
    await client.close();
    await until(() => seen.length === 2);
    expect(seen.sort()).toEqual([
      ['audit', 'created', { id: 7 }],
      ['created', { id: 7 }, 'events/Subscriptions/orders'],
    ]);
  });

  it('answers requests sent through a topic', async () => {
    const quotes = { pattern: 'quotes', topic: 'events', subscription: 'orders' };
    await start({ controllers: [QuoteController], imports: [ServiceBusModule.forFeature(quotes)] });
    const { connectionString } = scene.emulator;
    const topics = { quotes: 'events' };
    const client = new ServiceBusClientProxy({ connectionString, topics, replyQueue: 'replies' });
    try {
      expect(await lastValueFrom(client.send('quotes', 'tea'))).toBe('tea: 10');
    } finally {
      await client.close();
    }
  });

  it('reports a missing subscription', async () => {
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
