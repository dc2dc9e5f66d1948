import { type ServiceBusMessage } from '@azure/service-bus';
import { describe, expect, it, jest } from '@jest/globals';
import { Controller } from '@nestjs/common';
import { ClientsModule, EventPattern, MessagePattern, Payload, RpcException } from '@nestjs/microservices';
import { IsInt } from 'class-validator';
import { EMPTY, firstValueFrom, lastValueFrom, of, throwError, toArray } from 'rxjs';

import { until } from '../../../test/support/until.js';
import {
  ClientClosedError,
  DeadLetterException,
  RequestTimeoutError,
  ServiceBusClientProxy,
  type ServiceBusClientProxyOptions,
  ServiceBusConfigurationError,
  type ServiceBusContext,
  ServiceBusMessageBuilder,
} from '../src/index.js';
import { serviceBusScene } from './support/service-bus-scene.js';

import { type WorkHandler } from './support/work-controller.js';

class Order {
  @IsInt()
  count!: number;
}

@Controller()
class OrdersController {
  @MessagePattern({ binding: 'orders', subject: 'created' })
  order(@Payload() order: Order): number {
    return order.count;
  }
}

describe('ServiceBusClientProxy', () => {
  const scene = serviceBusScene({ entities: { queues: ['work', 'out', 'orders', 'replies', 'silent'] } });

  /** A client as an application injects it; closed with the application. */
  async function startClient(
    options: Partial<ServiceBusClientProxyOptions> = {},
  ): Promise<ServiceBusClientProxy> {
    const { connectionString } = scene.emulator;
    const all = { connectionString, replyQueue: 'replies', ...options };
    // Inline, as applications write it: the compiler checks object literals more strictly.
    const clients = ClientsModule.register([
      { name: 'CLIENT', customClass: ServiceBusClientProxy, options: all },
    ]);
    const { app } = await scene.startApp({ imports: [clients] });
    return app.get<ServiceBusClientProxy>('CLIENT');
  }

  const quick = { retry: { maxAttempts: 2, delayMs: 0 }, replyTo: 'out' };

  async function startClientOf(handler: WorkHandler): Promise<ServiceBusClientProxy> {
    await scene.startWork(handler, quick);
    return startClient();
  }

  const failure = (
    client: ServiceBusClientProxy,
    data: unknown = 1,
    pattern: unknown = 'work',
  ): Promise<unknown> => lastValueFrom(client.send(pattern, data)).catch((error: unknown) => error);

  describe('send()', () => {
    it.each([[{ text: 'hello' }], ['text'], [0], [false], [['a', null]], [Buffer.from([0, 255])]])(
      'takes %p there and back',
      async (data) => {
        const client = await startClientOf((payload) => payload);
        expect(await lastValueFrom(client.send('work', data))).toEqual(data);
        await until(() => scene.left('work') === 0 && scene.left('replies') === 0);
        expect(scene.left('out')).toBe(0);
      },
    );

    it('matches each of many replies to its request', async () => {
      const client = await startClientOf((payload) => Number(payload) * 2);
      const numbers = Array.from({ length: 300 }, (_, index) => index);
      const replies = await Promise.all(numbers.map((number) => lastValueFrom(client.send('work', number))));
      expect(replies).toEqual(numbers.map((number) => number * 2));
    });

    it('emits all values of a stream, in order, and then completes', async () => {
      const client = await startClientOf((count) =>
        of(...Array.from({ length: Number(count) }, (_, index) => index)),
      );
      expect(await lastValueFrom(client.send('work', 40).pipe(toArray()))).toEqual(
        Array.from({ length: 40 }, (_, index) => index),
      );
      expect(await firstValueFrom(client.send('work', 3))).toBe(0);
    });

    it.each<[string, WorkHandler]>([
      ['undefined', () => undefined],
      ['an empty stream', () => EMPTY],
    ])('completes without a value when the handler returns %s', async (_, handler) => {
      const client = await startClientOf(handler);
      expect(await lastValueFrom(client.send('work', 1).pipe(toArray()))).toEqual([]);
    });

    it('fails with the content of an RpcException, but only after the last attempt', async () => {
      const handler = jest.fn(() => throwError(() => new RpcException({ code: 42, why: 'full' })));
      const error = await failure(await startClientOf(handler));
      expect(error).toBeInstanceOf(RpcException);
      expect((error as RpcException).getError()).toEqual({ code: 42, why: 'full' });
      expect(handler).toHaveBeenCalledTimes(2);
      expect(scene.left('work/$DeadLetterQueue')).toBe(1);
      await until(() => scene.left('replies') === 0);
    });

    it('does not learn of attempts that failed before one succeeded', async () => {
      const client = await startClientOf((_, { attempt }) => {
        if (attempt === 1) throw new RpcException('not yet');
        return 'done';
      });
      expect(await lastValueFrom(client.send('work', 1))).toBe('done');
    });

    it.each([
      [new RpcException('plainly'), { status: 'error', reason: 'RpcException', message: 'plainly' }],
      [
        new DeadLetterException('Broke', 'no money'),
        { status: 'error', reason: 'Broke', message: 'no money' },
      ],
      [
        new TypeError('secret of the server'),
        { status: 'error', reason: 'TypeError', message: 'Internal server error' },
      ],
    ])('to a handler that throws %p fails without internal details', async (thrown, content) => {
      const error = await failure(
        await startClientOf(() => {
          throw thrown;
        }),
      );
      expect(error).toBeInstanceOf(RpcException);
      expect((error as RpcException).getError()).toEqual(content);
    });

    it('fails when the payload is invalid, and when no handler takes its subject', async () => {
      await scene.startApp({ controllers: [OrdersController] });
      const client = await startClient();
      const created = { binding: 'orders', subject: 'created' };
      const refused = (await failure(client, { count: 'many' }, created)) as RpcException;
      expect(refused.getError()).toEqual({
        status: 'error',
        reason: 'ValidationFailed',
        message: 'count must be an integer number',
      });
      const unknown = (await failure(client, { count: 3 }, { ...created, subject: 'else' })) as RpcException;
      expect(unknown.getError()).toMatchObject({ reason: 'NoHandler' });
      expect(await lastValueFrom(client.send(created, { count: 3 }))).toBe(3);
    });

    it('dead-letters a failed request even if the requester cannot be told', async () => {
      const client = await startClientOf((payload) => {
        if (payload === 'bad') throw new DeadLetterException('Bad');
        return payload;
      });
      const applicationProperties = { 'request-id': 'r' };
      await scene.send('work', { body: 'bad', replyTo: 'missing', applicationProperties });
      await until(() => scene.left('work/$DeadLetterQueue') === 1);
      expect(await lastValueFrom(client.send('work', 'good'))).toBe('good');
    });

    it('fails with a RequestTimeoutError when nobody replies', async () => {
      const client = await startClient({ requestTimeoutMs: 50 });
      const error = await failure(client, 1, 'silent');
      expect(error).toBeInstanceOf(RequestTimeoutError);
      expect(error).toMatchObject({ entity: 'silent', timeoutMs: 50 });
    });

    it('drops a reply that arrives after the timeout', async () => {
      let release = (): void => undefined;
      const released = new Promise<void>((resolve) => (release = resolve));
      await scene.startWork(() => released.then(() => 'late'), quick);
      // The second request has to be answered in this time, on a busy machine too.
      const client = await startClient({ requestTimeoutMs: 500 });
      expect(await failure(client)).toBeInstanceOf(RequestTimeoutError);
      release();
      await until(() => scene.left('work') === 0 && scene.left('replies') === 0);
      expect(await lastValueFrom(client.send('work', 2))).toBe('late');
    });

    it('fails without the queue, without a reply queue, or without data', async () => {
      const client = await startClient();
      expect(await failure(client, 1, 'missing')).toMatchObject({ code: 'MessagingEntityNotFound' });
      const oneWay = await startClient({ replyQueue: undefined });
      expect(await failure(oneWay)).toBeInstanceOf(ServiceBusConfigurationError);
      expect(String(await failure(client, null))).toContain('invalid data');
    });

    it('works with a responder that knows only correlation ids', async () => {
      const client = await startClient();
      const reply = lastValueFrom(client.send('silent', 'ask').pipe(toArray()));
      const [request] = await scene.take('silent');
      await scene.send(request?.replyTo ?? '', { body: 'answer', correlationId: request?.correlationId });
      expect(await reply).toEqual(['answer']);
    });

    it('emits each value once and in order, even if replies arrive twice and out of order', async () => {
      const client = await startClient();
      const values = lastValueFrom(client.send('silent', 'ask').pipe(toArray()));
      const [request] = await scene.take('silent');
      const id = request?.applicationProperties?.['request-id'] as string;
      const part = (index: number): ServiceBusMessage => ({
        body: `part ${index}`,
        applicationProperties: { 'request-id': id, 'reply-index': index, 'reply-count': 3 },
      });
      await scene.send('replies', part(2), part(0), part(0), part(1), part(2));
      expect(await values).toEqual(['part 0', 'part 1', 'part 2']);
    });

    it('keeps the options of its message, and the caller’s correlation id', async () => {
      const client = await startClientOf((_, { message }: ServiceBusContext) => [
        message.messageId,
        message.correlationId,
        message.subject,
        message.applicationProperties?.['tenant'],
      ]);
      const record = new ServiceBusMessageBuilder('x')
        .setMessageId('m')
        .setCorrelationId('c')
        .setSubject('s')
        .setProperties({ tenant: 't' })
        .build();
      const both = [client.send('work', record), client.send('work', record)];
      const replies = await Promise.all(both.map((reply) => lastValueFrom(reply)));
      expect(replies).toEqual([
        ['m', 'c', 's', 't'],
        ['m', 'c', 's', 't'],
      ]);
    });
  });

  describe('emit()', () => {
    @Controller()
    class WorkEvents {
      static readonly seen: unknown[] = [];

      @EventPattern('work')
      on(@Payload() payload: unknown): void {
        WorkEvents.seen.push(payload);
      }
    }

    it('completes when the broker has the message, which an event handler gets', async () => {
      const client = await startClient({ replyQueue: undefined });
      expect(await lastValueFrom(client.emit('work', { id: 1 }), { defaultValue: 'none' })).toBeUndefined();
      expect(scene.left('work')).toBe(1);
      await scene.startApp({ controllers: [WorkEvents] });
      await until(() => WorkEvents.seen.length > 0);
      expect(WorkEvents.seen).toEqual([{ id: 1 }]);
    });

    it('sends to the mapped queue even without a subscription, and with a delay if set', async () => {
      const client = await startClient({ queues: { work: 'silent' } });
      client.emit('work', new ServiceBusMessageBuilder(1).setDelayMs(60_000).setMessageId('later').build());
      client.emit({ binding: 'work', subject: 'created' }, 2);
      await until(() => scene.left('silent') === 2);
      expect(scene.emulator.entity('silent').counts).toEqual({ active: 1, deferred: 0, scheduled: 1 });
      const [now] = await scene.take('silent');
      expect(now).toMatchObject({ body: 2, subject: 'created' });
      expect(now?.replyTo).toBeUndefined();
    });

    it('sends what a dispatch hook adds', async () => {
      const client = await startClient();
      client.setOnDispatchHook((packet) => (packet.metadata = { traceparent: '00-1-2-01' }));
      await lastValueFrom(client.emit('silent', 1));
      const [message] = await scene.take('silent');
      expect(message?.applicationProperties).toEqual({ traceparent: '00-1-2-01' });
    });

    it('fails when the broker refuses the message', async () => {
      const client = await startClient();
      await expect(lastValueFrom(client.emit('missing', 1))).rejects.toMatchObject({
        code: 'MessagingEntityNotFound',
      });
    });
  });

  it('fails pending requests when it is closed', async () => {
    const client = await startClient();
    const pending = failure(client, 1, 'silent');
    await until(() => scene.left('silent') === 1);
    await client.close();
    expect(await pending).toBeInstanceOf(ClientClosedError);
    await until(() => scene.emulator.entity('replies').receiverCount === 0);
  });
});
