import { describe, expect, it, jest } from '@jest/globals';
import { Controller } from '@nestjs/common';
import { EventPattern, MessagePattern, Payload } from '@nestjs/microservices';
import { EMPTY, of } from 'rxjs';

import { until } from '../../../test/support/until.js';
import { ServiceBusModule } from '../src/index.js';
import { serviceBusScene } from './support/service-bus-scene.js';

describe('a handler of a message pattern', () => {
  const scene = serviceBusScene({ entities: { queues: ['work', 'out', 'elsewhere', 'orders'] } });

  it('gets the payload, and its result goes to the bound queue before the input is completed', async () => {
    await scene.startWork((payload) => ({ echoed: payload }), { replyTo: 'out' });
    await scene.send('work', { body: { text: 'hello' }, messageId: 'm1' });
    const [reply] = await scene.take('out');
    expect(reply?.body).toEqual({ echoed: { text: 'hello' } });
    expect(reply?.contentType).toBe('application/json');
    await until(() => scene.left('work') === 0);
  });

  it('derives the output’s id from the input’s, and passes correlation id and trace on', async () => {
    await scene.startWork(() => 1, { replyTo: 'out' });
    const applicationProperties = { traceparent: '00-1-2-01', 'Diagnostic-Id': '00-1-2-01', mine: 'no' };
    await scene.send('work', { body: 1, messageId: 'm1', applicationProperties });
    await scene.send('work', { body: 1, messageId: 'm2', correlationId: 'c2' });
    const [first, second] = await scene.take('out', 2);
    expect(first).toMatchObject({ messageId: 'm1:work', correlationId: 'm1' });
    expect(first?.applicationProperties).toEqual({ traceparent: '00-1-2-01', 'Diagnostic-Id': '00-1-2-01' });
    expect(second).toMatchObject({ messageId: 'm2:work', correlationId: 'c2' });
  });

  it('replies to the address in the message, and to its session', async () => {
    await scene.startWork(() => 'done', { replyTo: 'out' });
    await scene.send('work', { body: 1, replyTo: 'elsewhere', replyToSessionId: 's1' });
    const [reply] = await scene.take('elsewhere');
    expect(reply).toMatchObject({ body: 'done', sessionId: 's1' });
    expect(scene.left('out')).toBe(0);
  });

  it('sends no reply for undefined, null for null, and bytes for bytes', async () => {
    const results = [undefined, null, Buffer.from([0, 255])];
    await scene.startWork((payload) => results[Number(payload)], { replyTo: 'out' });
    await scene.send('work', { body: 0 }, { body: 1, messageId: 'null' }, { body: 2, messageId: 'bytes' });
    const replies = await scene.take('out', 2);
    const byId = new Map(replies.map((reply) => [reply.messageId, reply.body as unknown]));
    expect(byId.get('null:work')).toBeNull();
    expect(byId.get('bytes:work')).toEqual(Buffer.from([0, 255]));
    await until(() => scene.left('work') === 0);
    expect(scene.left('out')).toBe(0);
  });

  it('sends each value of an Observable, in order, with an id of its own', async () => {
    await scene.startWork((payload) => (payload === 'none' ? EMPTY : of('a', 'b', 'c')), { replyTo: 'out' });
    await scene.send('work', { body: 'none', messageId: 'm0' }, { body: 'some', messageId: 'm1' });
    const replies = await scene.take('out', 3);
    expect(replies.map(({ body, messageId }) => [body, messageId] as unknown[])).toEqual([
      ['a', 'm1:work'],
      ['b', 'm1:work:1'],
      ['c', 'm1:work:2'],
    ]);
    await until(() => scene.left('work') === 0);
  });

  it('works without an address for replies', async () => {
    const handler = jest.fn(() => 'nobody asked');
    await scene.startWork(handler);
    await scene.send('work', { body: 1 });
    await until(() => scene.left('work') === 0);
    expect(handler).toHaveBeenCalledTimes(1);
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
    const app = await scene.startApp({ controllers: [OrdersController] });
    await app.receiving();
    await scene.send('orders', { body: { id: 1 }, replyTo: 'out' });
    await until(() => scene.left('orders') === 0);
    expect(seen).toEqual([{ id: 1 }]);
    expect(scene.left('out')).toBe(0);
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
    const app = await scene.startApp({
      controllers: [OrdersController],
      imports: [ServiceBusModule.forFeature({ pattern: 'orders', replyTo: 'out' })],
    });
    await app.receiving();
    const subjects = ['cancelled', 'created', 'else', undefined];
    await scene.send(
      'orders',
      ...subjects.map((subject) => ({ body: 1, subject, messageId: `m-${subject}` })),
    );
    const replies = await scene.take('out', 4);
    expect(Object.fromEntries(replies.map(({ messageId, body }) => [messageId, body as unknown]))).toEqual({
      'm-cancelled:orders/cancelled': 'cancelled',
      'm-created:orders/created': 'created',
      'm-else:orders': 'other',
      'm-undefined:orders': 'other',
    });
  });
});
