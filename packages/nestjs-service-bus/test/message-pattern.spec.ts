import { describe, expect, it, jest } from '@jest/globals';
import { Controller } from '@nestjs/common';
import { EventPattern, MessagePattern, Payload } from '@nestjs/microservices';
import { EMPTY, of } from 'rxjs';

import { ServiceBusModule } from '../src/index.js';
import { useTestbeds } from './support/work-testbed.js';

describe('a handler of a message pattern', () => {
  const { open, openWork } = useTestbeds();

  it('gets the payload, and its result goes to the bound queue before the input is completed', async () => {
    const bus = await openWork((payload) => ({ echoed: payload }), { replyTo: 'out' });
    await bus.send('work', { text: 'hello' });
    await bus.settled();
    const body = { echoed: { text: 'hello' } };
    expect(bus.sent).toMatchObject([{ to: 'out', body, contentType: 'application/json' }]);
    expect(bus.entity('work').messageCount).toBe(0);
  });

  it('derives the output’s id from the input’s, and passes correlation id and trace on', async () => {
    const bus = await openWork(() => 1, { replyTo: 'out' });
    const applicationProperties = { traceparent: '00-1-2-01', 'Diagnostic-Id': '00-1-2-01', mine: 'no' };
    await bus.sendMessage('work', { body: 1, messageId: 'm1', applicationProperties });
    await bus.sendMessage('work', { body: 1, messageId: 'm2', correlationId: 'c2' });
    await bus.settled();
    const { mine: _, ...properties } = applicationProperties;
    expect(bus.sent.one({ messageId: 'm1:work', correlationId: 'm1' }).properties).toEqual(properties);
    bus.sent.one({ messageId: 'm2:work', correlationId: 'c2' });
  });

  it('replies to the address in the message, and to its session', async () => {
    const bus = await openWork(() => 'done', { replyTo: 'out' }, { entities: { queues: ['elsewhere'] } });
    await bus.sendMessage('work', { body: 1, replyTo: 'elsewhere', replyToSessionId: 's1' });
    await bus.settled();
    expect(bus.sent).toMatchObject([{ to: 'elsewhere', body: 'done', sessionId: 's1' }]);
  });

  it('sends no reply for undefined, null for null, and bytes for bytes', async () => {
    const results = [undefined, null, Buffer.from([0, 255])];
    const bus = await openWork((payload) => results[Number(payload)], { replyTo: 'out' });
    for (const index of [0, 1, 2]) await bus.send('work', index);
    await bus.settled();
    expect(bus.completed).toHaveLength(3);
    expect(bus.sent).toHaveLength(2);
    bus.sent.one({ body: null });
    bus.sent.one({ body: Buffer.from([0, 255]) });
  });

  it('sends each value of an Observable, in order, with an id of its own', async () => {
    const handler = (payload: unknown): unknown => (payload === 'none' ? EMPTY : of('a', 'b', 'c'));
    const bus = await openWork(handler, { replyTo: 'out' });
    await bus.sendMessage('work', { body: 'none', messageId: 'm0' });
    await bus.sendMessage('work', { body: 'some', messageId: 'm1' });
    await bus.settled();
    expect(bus.sent.map(({ body, messageId }) => [body, messageId])).toEqual([
      ['a', 'm1:work'],
      ['b', 'm1:work:1'],
      ['c', 'm1:work:2'],
    ]);
    expect(bus.completed).toHaveLength(2);
  });

  it('works without an address for replies', async () => {
    const handler = jest.fn(() => 'nobody asked');
    const bus = await openWork(handler);
    await bus.send('work', 1);
    await bus.settled();
    bus.completed.one();
    expect(handler).toHaveBeenCalledTimes(1);
    expect(bus.sent).toEqual([]);
  });

  it('is bound to the queue of the same name by default; events send no reply', async () => {
    const seen: unknown[] = [];
    @Controller()
    class OrdersController {
      @EventPattern('orders')
      onOrder(@Payload() order: unknown): string {
        seen.push(order);
        return 'not a reply';
      }
    }
    const bus = await open({ controllers: [OrdersController], entities: { queues: ['out'] } });
    await bus.sendMessage('orders', { body: { id: 1 }, replyTo: 'out' });
    await bus.settled();
    expect(seen).toEqual([{ id: 1 }]);
    expect(bus.completed).toMatchObject([{ from: 'orders' }]);
    expect(bus.sent).toEqual([]);
  });

  it('is chosen by the message’s subject; the one without a subject takes the rest', async () => {
    @Controller()
    class OrdersController {
      @MessagePattern({ binding: 'orders', subject: 'created' })
      created(): string {
        return 'created';
      }

      @MessagePattern({ binding: 'orders', subject: 'cancelled' })
      cancelled(): string {
        return 'cancelled';
      }

      @MessagePattern('orders')
      other(): string {
        return 'other';
      }
    }
    const bus = await open({
      controllers: [OrdersController],
      imports: [ServiceBusModule.forFeature({ pattern: 'orders', replyTo: 'out' })],
    });
    for (const subject of ['cancelled', 'created', 'else', undefined]) {
      await bus.sendMessage('orders', { body: 1, subject, messageId: `m-${subject}` });
    }
    await bus.settled();
    expect(bus.sent).toHaveLength(4);
    expect(Object.fromEntries(bus.sent.map(({ messageId, body }) => [messageId, body]))).toEqual({
      'm-cancelled:orders/cancelled': 'cancelled',
      'm-created:orders/created': 'created',
      'm-else:orders': 'other',
      'm-undefined:orders': 'other',
    });
  });
});
