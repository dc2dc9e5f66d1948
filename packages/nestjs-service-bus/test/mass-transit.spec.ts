import { type ServiceBusMessage } from '@azure/service-bus';
import { describe, expect, it } from '@jest/globals';
import { Controller } from '@nestjs/common';
import { Ctx, Payload, RpcException } from '@nestjs/microservices';
import { IsInt } from 'class-validator';
import { lastValueFrom } from 'rxjs';

import { until } from '../../../test/support/until.js';
import { massTransit, massTransitEnvelopeOf } from '../src/formats.js';
import {
  contract,
  DeadLetterException,
  Handles,
  ServiceBusClientProxy,
  ServiceBusContext,
  ServiceBusPublisher,
} from '../src/index.js';
import { serviceBusScene } from './support/service-bus-scene.js';

const GUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

class OrderDto {
  @IsInt()
  id!: number;
}

const OrderPlaced = contract('order-placed', OrderDto, {
  to: 'work',
  subject: 'Shop.Contracts:OrderPlaced',
  type: 'Shop.Contracts:OrderPlaced',
  format: massTransit({ sourceAddress: 'sb://shop.servicebus.windows.net/orders' }),
});
const seen: unknown[] = [];
const raise = (error: unknown): never => {
  throw error;
};

@Controller()
class OrdersController {
  @Handles(OrderPlaced)
  placed(@Payload() order: OrderDto, @Ctx() { message }: ServiceBusContext): void {
    seen.push(order, massTransitEnvelopeOf(message));
  }
}

/** As MassTransit 8 sends it through Azure Service Bus. */
const ENVELOPE = {
  messageId: '00010000-ac12-0242-5ae1-08dd1b2c3d4e',
  requestId: null,
  correlationId: null,
  conversationId: '00010000-ac12-0242-6b2c-08dd1b2c3d4e',
  initiatorId: null,
  sourceAddress: 'sb://shop.servicebus.windows.net/web_dotnet_bus_abc?autodelete=300',
  destinationAddress: 'sb://shop.servicebus.windows.net/Shop.Contracts/OrderPlaced?type=topic',
  responseAddress: null,
  faultAddress: null,
  messageType: ['urn:message:Shop.Contracts:OrderPlaced', 'urn:message:Shop.Contracts:IOrderEvent'],
  message: { id: 7 },
  expirationTime: null,
  sentTime: '2026-01-02T03:04:05.6789012Z',
  headers: { tenant: 'a' },
  host: {
    machineName: 'web',
    processName: 'dotnet',
    processId: 1,
    assembly: 'Shop',
    assemblyVersion: '1.0.0.0',
    frameworkVersion: '8.0.1',
    massTransitVersion: '8.3.0.0',
    operatingSystemVersion: 'Unix 6.1.0',
  },
};
const sent = (envelope: object, contentType = 'application/vnd.masstransit+json'): ServiceBusMessage => ({
  body: Buffer.from(JSON.stringify(envelope)),
  contentType,
  messageId: '00010000ac1202425ae108dd1b2c3d4e',
});

describe("MassTransit's envelope", () => {
  const scene = serviceBusScene({ entities: { queues: ['work', 'out', 'web_bus'] } });

  it('is opened for the handler of one of its types, and what is around the message kept', async () => {
    seen.length = 0;
    await (await scene.startApp({ controllers: [OrdersController] })).receiving();
    const general = ['urn:message:Shop.Contracts:Other', 'urn:message:Shop.Contracts:OrderPlaced'];
    await scene.send('work', sent(ENVELOPE), sent({ ...ENVELOPE, messageType: general }));
    await until(() => seen.length === 4);
    expect(seen[0]).toEqual({ id: 7 });
    expect(seen[1]).toMatchObject({
      messageId: ENVELOPE.messageId,
      messageType: ENVELOPE.messageType,
      headers: { tenant: 'a' },
      host: ENVELOPE.host,
    });
    expect(seen[1]).not.toHaveProperty('requestId');
  });

  it('takes the names in any case, as .NET does', async () => {
    seen.length = 0;
    await (await scene.startApp({ controllers: [OrdersController] })).receiving();
    await scene.send('work', sent({ MessageType: ENVELOPE.messageType, Message: { id: 8 } }));
    await until(() => seen.length === 2);
    expect(seen[0]).toEqual({ id: 8 });
  });

  it('is written for a contract, as MassTransit reads it', async () => {
    const { app } = await scene.startApp({});
    const publisher = app.get(ServiceBusPublisher);
    const ids = ['order 7', 'order 7', ENVELOPE.messageId, '00010000AC1202425AE108DD1B2C3D4E'];
    const envelopes: Record<string, unknown>[] = [];
    for (const messageId of ids) {
      const { message } = await publisher.prepare(OrderPlaced, { id: 7 }, { messageId, timeToLive: 60_000 });
      expect(message).toMatchObject({ messageId, contentType: 'application/vnd.masstransit+json' });
      envelopes.push(JSON.parse(String(message.body)) as Record<string, unknown>);
    }
    expect(envelopes[0]).toMatchObject({
      messageId: expect.stringMatching(GUID) as unknown,
      conversationId: expect.stringMatching(GUID) as unknown,
      sourceAddress: 'sb://shop.servicebus.windows.net/orders',
      messageType: ['urn:message:Shop.Contracts:OrderPlaced'],
      message: { id: 7 },
      sentTime: expect.stringMatching(/^\d{4}-.*Z$/) as unknown,
      expirationTime: expect.stringMatching(/^\d{4}-.*Z$/) as unknown,
      headers: {},
      host: { processId: process.pid },
    });
    // Of an id that is none of MassTransit's, always the same one.
    expect(envelopes[1]?.['messageId']).toBe(envelopes[0]?.['messageId']);
    expect(envelopes[2]?.['messageId']).toBe(ENVELOPE.messageId);
    expect(envelopes[3]?.['messageId']).toBe(ENVELOPE.messageId);
  });

  it('brings the answer to the address that the request names', async () => {
    const format = massTransit({ messageType: 'Shop.Contracts:Price' });
    await scene.startWork(() => ({ euros: 3 }), { formats: [format], replyTo: 'out' });
    const requestId = '00010000-ac12-0242-7c3d-08dd1b2c3d4e';
    const responseAddress = 'sb://shop.servicebus.windows.net/web_bus?autodelete=300';
    await scene.send('work', sent({ ...ENVELOPE, requestId, responseAddress }));
    const [answer] = await scene.take('web_bus');
    expect(answer?.body).toMatchObject({
      requestId,
      conversationId: ENVELOPE.conversationId,
      destinationAddress: responseAddress,
      messageType: ['urn:message:Shop.Contracts:Price'],
      message: { euros: 3 },
    });
  });

  it('asks the binding first where an answer may go', async () => {
    await scene.startWork(() => ({ euros: 3 }), {
      formats: [massTransit()],
      replyTo: 'out',
      allowReplyTo: false,
    });
    await scene.send('work', sent({ ...ENVELOPE, responseAddress: 'queue:web_bus' }));
    expect(await scene.take('out')).toHaveLength(1);
    expect(scene.left('web_bus')).toBe(0);
  });

  const requestId = '00010000-ac12-0242-7c3d-08dd1b2c3d4e';
  const request = {
    ...ENVELOPE,
    requestId,
    responseAddress: 'sb://shop.servicebus.windows.net/web_bus?autodelete=300',
  };

  it.each<[string, () => unknown, string, string]>([
    ['an error', () => raise(new TypeError('secret')), 'TypeError', 'Internal server error'],
    ['a refusal', () => raise(new DeadLetterException('SoldOut', 'no tea')), 'SoldOut', 'no tea'],
    ['an exception for requesters', () => raise(new RpcException('closed')), 'RpcException', 'closed'],
    [
      'a result without a form',
      () => 5,
      'UnserializableResult',
      'the payload is number, allowed is an object',
    ],
  ])('answers a request by a fault after %s', async (_what, handler, exceptionType, message) => {
    await scene.startWork(handler, { formats: [massTransit()], retry: { maxAttempts: 2, delayMs: 1 } });
    await scene.send('work', sent(request));
    const [fault] = await scene.take('web_bus');
    expect(fault).toMatchObject({ contentType: 'application/vnd.masstransit+json' });
    const { message: content, ...envelope } = fault?.body as { message: object };
    expect(envelope).toMatchObject({
      requestId,
      conversationId: ENVELOPE.conversationId,
      destinationAddress: request.responseAddress,
      messageType: [
        'urn:message:MassTransit:Fault[[Shop.Contracts:OrderPlaced]]',
        'urn:message:MassTransit:Fault[[Shop.Contracts:IOrderEvent]]',
        'urn:message:MassTransit:Fault',
      ],
    });
    expect(content).toMatchObject({
      faultId: expect.stringMatching(GUID) as unknown,
      faultedMessageId: ENVELOPE.messageId,
      timestamp: expect.stringMatching(/^\d{4}-.*Z$/) as unknown,
      exceptions: [
        {
          exceptionType,
          message: expect.stringContaining(message) as unknown,
          stackTrace: '',
          innerException: null,
        },
      ],
      host: { processId: process.pid },
      faultMessageTypes: ENVELOPE.messageType,
      message: { id: 7 },
    });
    expect(scene.left('work/$DeadLetterQueue')).toBe(1);
  });

  it('tells of a fault where the request wants it, once it is final, also before it was read', async () => {
    await scene.send('work', sent({ ...request, faultAddress: 'queue:out' }));
    const receiver = scene.client.createReceiver('work');
    const [lost] = await receiver.receiveMessages(1);
    if (lost) await receiver.abandonMessage(lost);
    await receiver.close();
    await scene.startWork(() => undefined, { formats: [massTransit()], retry: { maxAttempts: 1 } });
    const [fault] = await scene.take('out');
    expect(fault?.body).toMatchObject({
      requestId,
      message: { exceptions: [{ exceptionType: 'MaxAttemptsExceeded' }] },
    });
    expect(scene.left('web_bus')).toBe(0);
  });

  it('tells nobody of a fault where the binding does not allow it, or nobody asked', async () => {
    await scene.startWork(() => raise(new DeadLetterException('No')), {
      formats: [massTransit()],
      allowReplyTo: ['out'],
    });
    await scene.send('work', sent(request), sent(ENVELOPE));
    await until(() => scene.left('work/$DeadLetterQueue') === 2);
    await scene.send('work', sent({ ...request, faultAddress: 'queue:OUT' }));
    expect(await scene.take('out')).toHaveLength(1);
    expect(scene.left('web_bus')).toBe(0);
  });

  describe('a service of MassTransit’s', () => {
    /** As its `RespondAsync` and `GenerateFault` do: the id of the request is in the envelope alone. */
    const respond = async (change: object): Promise<void> => {
      const [asked] = await scene.take('out');
      const { requestId, responseAddress } = asked?.body as Record<string, string>;
      expect(asked?.body).toMatchObject({ messageType: ['urn:message:Shop.Contracts:GetPrice'] });
      expect(responseAddress).toBe('sb://shop.servicebus.windows.net/web_bus');
      const { replyTo = '' } = asked ?? {};
      await scene.send(replyTo, sent({ ...ENVELOPE, requestId, ...change }));
    };
    const ask = (): { answer: Promise<unknown>; close: () => Promise<void> } => {
      const client = new ServiceBusClientProxy({
        connectionString: scene.emulator.connectionString,
        queue: 'out',
        replyQueue: 'web_bus',
        formats: [massTransit({ sourceAddress: 'sb://shop.servicebus.windows.net/web' })],
      });
      const answer = lastValueFrom(client.send('Shop.Contracts:GetPrice', { id: 7 }));
      return { answer, close: () => client.close() };
    };

    it('answers a request', async () => {
      const { answer, close } = ask();
      await respond({ messageType: ['urn:message:Shop.Contracts:Price'], message: { euros: 3 } });
      expect(await answer).toEqual({ euros: 3 });
      await close();
    });

    it('lets it fail at once by its fault', async () => {
      const { answer, close } = ask();
      const failed = answer.catch((error: unknown) => error);
      const exceptions = [
        { exceptionType: 'Shop.SoldOutException', message: 'no tea left', stackTrace: 'at Shop' },
      ];
      await respond({
        messageType: [
          'urn:message:MassTransit:Fault[[Shop.Contracts:GetPrice]]',
          'urn:message:MassTransit:Fault',
        ],
        message: { faultId: requestId, exceptions, host: ENVELOPE.host, message: { id: 7 } },
      });
      const error = await failed;
      expect(error).toBeInstanceOf(RpcException);
      expect(error).toMatchObject({
        message: 'no tea left',
        error: { status: 'error', reason: 'Shop.SoldOutException', message: 'no tea left' },
      });
      await close();
    });
  });

  it.each<[string, ServiceBusMessage, RegExp]>([
    [
      'in XML',
      sent(ENVELOPE, 'application/vnd.masstransit+xml'),
      /masstransit\+xml: of MassTransit's envelopes, .*\+json is read/,
    ],
    ['encrypted', sent(ENVELOPE, 'application/vnd.masstransit+aes'), /masstransit\+aes: of/],
    [
      'of another version',
      sent({ ...ENVELOPE, message: undefined, payload: {} }),
      /no envelope of MassTransit's that is known/,
    ],
    ['of no type', sent({ ...ENVELOPE, messageType: [] }), /its messageType, a list of URNs/],
    ['of a type that is none', sent({ ...ENVELOPE, messageType: 'urn:message:A:B' }), /a list of URNs/],
    ['that is a list', sent([ENVELOPE]), /no object of JSON/],
    ['that is cut short', { ...sent({}), body: Buffer.from('{"message":') }, /not valid JSON/],
  ])('is dead-lettered %s', async (_what, message, why) => {
    await scene.startWork(() => undefined, { formats: [massTransit()] });
    await scene.send('work', message);
    const [letter] = await scene.take('work/$DeadLetterQueue');
    expect(letter).toMatchObject({
      deadLetterReason: 'UndecodableMessage',
      deadLetterErrorDescription: expect.stringMatching(why) as unknown,
    });
  });

  it.each<[string, object, unknown, RegExp]>([
    ['a text', {}, 'text', /the payload is string, allowed is an object/],
    ['a list', {}, [1], /the payload is an array/],
    [
      'a wrong type',
      { messageType: () => 'with blanks in it' },
      {},
      /messageType is with blanks in it, allowed is/,
    ],
  ])('does not leave with %s', async (_what, options, result, why) => {
    await scene.startWork(() => result, { replyTo: 'out', formats: [massTransit(options)] });
    await scene.send('work', { body: 1 });
    const [letter] = await scene.take('work/$DeadLetterQueue');
    expect(letter).toMatchObject({
      deadLetterReason: 'UnserializableResult',
      deadLetterErrorDescription: expect.stringMatching(why) as unknown,
    });
  });

  it('has options that are checked', () => {
    expect(() => massTransit({ messageType: [] })).toThrow(
      'massTransit: messageType is , allowed is Namespace:Type',
    );
    expect(() => massTransit({ sourceAddress: 'orders' })).toThrow(
      'massTransit: sourceAddress is orders, which is no URI',
    );
  });
});
