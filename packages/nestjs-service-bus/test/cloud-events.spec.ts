import { type ServiceBusMessage } from '@azure/service-bus';
import { describe, expect, it } from '@jest/globals';
import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { CloudEvent } from 'cloudevents';
import { IsInt } from 'class-validator';

import { until } from '../../../test/support/until.js';
import { cloudEventOf, cloudEvents, gzip, json, text } from '../src/formats.js';
import {
  contract,
  describeApplication,
  describeMessages,
  Handles,
  SerializationError,
  ServiceBusContext,
  ServiceBusModule,
  ServiceBusPublisher,
} from '../src/index.js';
import { serviceBusScene } from './support/service-bus-scene.js';

class OrderDto {
  @IsInt()
  id!: number;
}

const seen: unknown[] = [];

const OrderPlaced = contract('order-placed', OrderDto, {
  to: 'work',
  type: 'com.shop.order-placed',
  format: cloudEvents({ source: '/shop', attributes: () => ({ region: 'eu' }) }),
  compression: gzip({ minBytes: 0 }),
});
/** Whose publishers set no subject: the event's type picks the handler. */
const OrderShipped = contract('com.shop.order-shipped', OrderDto, { to: 'work' });

@Controller()
class OrdersController {
  @Handles(OrderPlaced)
  placed(@Payload() order: OrderDto, @Ctx() { message }: ServiceBusContext): void {
    seen.push(order, cloudEventOf(message));
  }

  @Handles(OrderShipped)
  shipped(@Payload() order: OrderDto): void {
    seen.push('shipped', order.id);
  }
}

/** From the examples of the specification: a message as an SDK of another language sends it. */
const EVENT = {
  specversion: '1.0',
  type: 'com.example.someevent',
  source: '/mycontext',
  id: 'A234-1234-1234',
  time: '2018-04-05T17:31:00Z',
  comexampleextension1: 'value',
  comexampleothervalue: 5,
};
const structured = (
  event: object,
  contentType = 'application/cloudevents+json; charset=UTF-8',
): ServiceBusMessage => ({
  body: Buffer.from(JSON.stringify(event)),
  contentType,
});
const inProperties = (prefix: string, attributes: object): ServiceBusMessage['applicationProperties'] =>
  Object.fromEntries(Object.entries(attributes).map(([name, value]) => [prefix + name, value as string]));

describe('CloudEvents', () => {
  const scene = serviceBusScene({ entities: { queues: ['work', 'out'] } });

  const start = async (handler: () => unknown = () => undefined, replyTo?: string): Promise<unknown[]> => {
    const got: unknown[] = [];
    await scene.startWork(
      (payload, { message }) => (got.push(payload, cloudEventOf(message)), handler()),
      { ...(replyTo !== undefined && { replyTo }) },
      { formats: [cloudEvents({ source: '/here' })] },
    );
    return got;
  };

  it.each<[string, ServiceBusMessage, unknown, object]>([
    [
      'structured, JSON',
      structured({ ...EVENT, datacontenttype: 'application/json', data: { a: 1 } }),
      { a: 1 },
      {},
    ],
    ['structured, JSON without a type', structured({ ...EVENT, data: [1] }), [1], {}],
    [
      'structured, XML',
      structured({ ...EVENT, datacontenttype: 'application/xml', data: '<a/>' }),
      '<a/>',
      {},
    ],
    ['structured, bytes', structured({ ...EVENT, data_base64: 'AAEC' }), Buffer.from([0, 1, 2]), {}],
    ['structured, nothing', structured(EVENT), null, {}],
    [
      'binary, with a colon',
      {
        body: Buffer.from('{"a":1}'),
        contentType: 'application/json; charset=utf-8',
        applicationProperties: {
          ...inProperties('cloudEvents:', { ...EVENT, time: new Date(EVENT.time) }),
          other: 'property',
        },
      },
      { a: 1 },
      { time: '2018-04-05T17:31:00.000Z', datacontenttype: 'application/json; charset=utf-8' },
    ],
    [
      'binary, with an underscore',
      {
        body: Buffer.from('text'),
        contentType: 'text/plain',
        applicationProperties: inProperties('cloudEvents_', EVENT),
      },
      'text',
      { datacontenttype: 'text/plain' },
    ],
  ])('are read: %s', async (_mode, message, data, attributes) => {
    const got = await start();
    await scene.send('work', message);
    await until(() => got.length === 2);
    const [payload, event] = got as [unknown, Record<string, unknown>];
    expect(payload).toEqual(data);
    const { datacontenttype, ...others } = event;
    expect({ datacontenttype, ...others }).toMatchObject({ ...EVENT, ...attributes });
    expect(Object.keys(event).filter((name) => /data$|base64|other$/.test(name))).toEqual([]);
  });

  it('leave other messages as they are', async () => {
    const got = await start();
    await scene.send('work', { body: { specversion: '1.0' } });
    await until(() => got.length === 2);
    expect(got).toEqual([{ specversion: '1.0' }, undefined]);
  });

  it.each<[string, ServiceBusMessage, RegExp]>([
    [
      'another version',
      structured({ ...EVENT, specversion: '0.3' }),
      /of version 0\.3: what is read is CloudEvents 1\.0/,
    ],
    ['no version', structured({ ...EVENT, specversion: undefined }), /without a specversion/],
    ['no id and source', structured({ specversion: '1.0', type: 'a' }), /lacks its id and source/],
    ['no JSON', { body: Buffer.from('{'), contentType: 'application/cloudevents+json' }, /not valid JSON/],
    ['no object', structured([EVENT]), /no object of JSON/],
    ['data twice', structured({ ...EVENT, data: 1, data_base64: '' }), /data and data_base64: one of them/],
    ['data that is none', structured({ ...EVENT, data_base64: 7 }), /data_base64 of the event is no text/],
    [
      'another format',
      structured(EVENT, 'application/cloudevents+avro'),
      /cloudevents\+avro: of events, .*\+json is read/,
    ],
    [
      'a batch',
      structured([EVENT], 'application/cloudevents-batch+json'),
      /cloudevents-batch\+json: of events/,
    ],
    [
      'another version in its properties',
      { body: '1', applicationProperties: inProperties('cloudEvents:', { ...EVENT, specversion: '2.0' }) },
      /of version 2\.0/,
    ],
    [
      'a polluted prototype',
      { body: Buffer.from('{"__proto__":{}}'), contentType: 'application/cloudevents+json' },
      /__proto__/,
    ],
  ])('are dead-lettered with %s', async (_what, message, why) => {
    await start();
    await scene.send('work', message);
    const [letter] = await scene.take('work/$DeadLetterQueue');
    expect(letter).toMatchObject({
      deadLetterReason: 'UndecodableMessage',
      deadLetterErrorDescription: expect.stringMatching(why) as unknown,
    });
  });

  it('are written for results, with the id of the message', async () => {
    await start(() => ({ done: true }), 'out');
    await scene.send('work', { ...structured({ ...EVENT, data: 1 }), messageId: 'm1' });
    const [result] = await scene.take('out');
    expect(result).toMatchObject({ messageId: 'm1:work', contentType: 'application/cloudevents+json' });
    const event = result?.body as object;
    expect(event).toEqual({
      specversion: '1.0',
      id: 'm1:work',
      source: '/here',
      type: 'work',
      time: expect.stringMatching(/^\d{4}-.*Z$/) as unknown,
      datacontenttype: 'application/json',
      data: { done: true },
    });
    // The package of CloudEvents itself finds nothing wrong with it.
    expect(new CloudEvent(event).validate()).toBe(true);
  });

  it('may be events of the package, in both modes', async () => {
    const event = new CloudEvent({
      ...EVENT,
      datacontenttype: 'application/octet-stream',
      data: Buffer.from([1, 2]),
    });
    for (const mode of ['structured', 'binary'] as const) {
      const app = await scene.startWork(() => event, { replyTo: 'out', formats: [cloudEvents({ mode })] });
      await scene.send('work', { body: 1 });
      const [result] = await scene.take('out');
      await app.close();
      if (mode === 'structured') {
        expect(result?.body).toMatchObject({
          ...EVENT,
          time: expect.any(String),
          data_base64: 'AQI=',
        });
      } else {
        expect(result).toMatchObject({
          body: Buffer.from([1, 2]),
          contentType: 'application/octet-stream',
          applicationProperties: {
            'cloudEvents:specversion': '1.0',
            'cloudEvents:id': EVENT.id,
            // A timestamp of AMQP, of which the SDK makes a number.
            'cloudEvents:time': Date.parse(EVENT.time),
            'cloudEvents:comexampleothervalue': 5,
          },
        });
        expect(result?.applicationProperties).not.toHaveProperty(['cloudEvents:datacontenttype']);
      }
    }
  });

  it('are a contract’s format, compressed, and their type picks a handler', async () => {
    seen.length = 0;
    const { app, receiving } = await scene.startApp({
      controllers: [OrdersController],
      options: { formats: [cloudEvents()] },
    });
    await receiving();
    const publisher = app.get(ServiceBusPublisher);
    await publisher.publish(OrderPlaced, { id: 1 }, { messageId: 'm1' });
    await until(() => seen.length === 2);
    expect(seen).toEqual([
      { id: 1 },
      expect.objectContaining({ id: 'm1', source: '/shop', type: 'com.shop.order-placed', region: 'eu' }),
    ]);
    await scene.send('work', structured({ ...EVENT, type: 'com.shop.order-shipped', data: { id: 2 } }));
    await until(() => seen.length === 4);
    expect(seen.slice(2)).toEqual(['shipped', 2]);
    // What is not compressed has no content encoding: the SDK's messages cannot have one.
    const { message } = await publisher.prepare(OrderPlaced, { id: 3 });
    expect(JSON.parse(String(message.body))).toMatchObject({
      type: 'com.shop.order-placed',
      data: { id: 3 },
    });
    await expect(publisher.publish(OrderShipped, { id: 4 })).rejects.toThrow(SerializationError);
    await scene.send('work', structured({ ...EVENT, type: 'com.shop.order-lost', data: 1 }));
    const [letter] = await scene.take('work/$DeadLetterQueue');
    expect(letter?.deadLetterReason).toBe('NoHandler');
  });

  it('are told of by what describes the application', async () => {
    const { app } = await scene.startApp({
      controllers: [OrdersController],
      imports: [ServiceBusModule.forFeature({ pattern: 'work', formats: [json()], compression: gzip() })],
      options: { formats: [text()] },
    });
    const { components } = await describeMessages(app);
    expect(components.messages['order-placed']?.contentType).toBe('application/cloudevents+json');
    expect(components.messages['com.shop.order-shipped']?.contentType).toBe('text/plain');
    const [binding] = describeApplication(app).bindings;
    expect(binding?.options).toEqual(
      expect.arrayContaining([
        { name: 'formats', value: ['application/json'], from: 'forFeature' },
        { name: 'compression', value: 'gzip', from: 'forFeature' },
      ]),
    );
  });

  it.each<[string, object, unknown, RegExp]>([
    ['no source', {}, 1, /no source for a new one: cloudEvents\(\{ source: … \}\)/],
    [
      'a name that is none',
      { source: '/a', attributes: () => ({ 'not-a-name': 1 }) },
      1,
      /lower-case letters and digits/,
    ],
    [
      'a value that is none',
      { source: '/a', attributes: () => ({ object: {} }) },
      1,
      /the attribute object is object/,
    ],
    ['an empty type', { source: '/a', type: () => '' }, 1, /lacks its type/],
    [
      'another version',
      {},
      { ...EVENT, specversion: '0.3' },
      /of version 0\.3: what is written is CloudEvents 1\.0/,
    ],
  ])('do not leave with %s', async (_what, options, result, why) => {
    await scene.startWork(() => result, { replyTo: 'out', formats: [cloudEvents(options)] });
    await scene.send('work', { body: 1 });
    const [letter] = await scene.take('work/$DeadLetterQueue');
    expect(letter).toMatchObject({
      deadLetterReason: 'UnserializableResult',
      deadLetterErrorDescription: expect.stringMatching(why) as unknown,
    });
  });

  it('have options that are checked', () => {
    expect(() => cloudEvents({ source: '' })).toThrow('cloudEvents: source is , allowed is a URI reference');
    expect(() => cloudEvents({ mode: 'batch' as never })).toThrow(
      'mode is batch, allowed is structured or binary',
    );
  });
});
