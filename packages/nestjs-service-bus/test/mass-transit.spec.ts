import { type ServiceBusMessage } from '@azure/service-bus';
import { describe, expect, it } from '@jest/globals';
import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { IsInt } from 'class-validator';

import { until } from '../../../test/support/until.js';
import { massTransit, massTransitEnvelopeOf } from '../src/formats.js';
import { contract, Handles, ServiceBusContext, ServiceBusPublisher } from '../src/index.js';
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
