import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { AmqpClient } from './support/amqp-client.js';
import { emulatorScene, receiveOne } from './support/emulator-scene.js';
import * as amqp from './support/encode-amqp.js';

const ID = Buffer.from('00112233445566778899aabbccddeeff', 'hex');
const NESTED = amqp.map(
  [amqp.string('list'), amqp.list(amqp.long(2n ** 62n), amqp.TRUE, amqp.list(), amqp.NULL)],
  [amqp.symbol('map'), amqp.map([amqp.int(-7), amqp.timestamp(1_700_000_000_123)])],
);
const TYPED: [key: Buffer, value: Buffer][] = [
  [amqp.string('long'), amqp.long(-(2n ** 62n))],
  [amqp.string('ulong'), amqp.ulong(2n ** 64n - 1n)],
  [amqp.string('small'), amqp.long(7n)],
  [amqp.string('int'), amqp.int(-3)],
  [amqp.string('short'), amqp.short(300)],
  [amqp.string('byte'), amqp.byte(-1)],
  [amqp.string('float'), amqp.float(1.5)],
  [amqp.string('double'), amqp.double(7)],
  [amqp.string('char'), amqp.char('é')],
  [amqp.string('date'), amqp.timestamp(1_700_000_000_123)],
  [amqp.string('uuid'), amqp.uuid(ID)],
  [amqp.string('binary'), amqp.binary(ID)],
  [amqp.string('symbol'), amqp.symbol('word')],
  [amqp.string('nothing'), amqp.NULL],
];

describe('the bytes of a message', () => {
  const scene = emulatorScene({
    queues: ['typed', 'batch', 'changed', 'annotated', 'own', 'without-id', 'footer'],
    topics: [{ name: 'events', subscriptions: ['all'] }],
  });
  let client: AmqpClient;

  beforeAll(async () => {
    client = await AmqpClient.connect(scene.emulator.port);
  });
  afterAll(() => client.close());

  async function send(entity: string, bytes: Buffer, format = 0): Promise<void> {
    await client.putToken(entity);
    expect(await client.send(await client.sender(entity), bytes, format)).toBe('accepted');
  }

  async function peek(entity: string): Promise<Buffer[]> {
    const { body } = await client.request(entity, 'peek-message', {
      'from-sequence-number': 0,
      'message-count': 10,
    });
    return (body as { messages: { message: Buffer }[] }).messages.map(({ message }) => message);
  }

  const endsWith = (bytes: Buffer | undefined, tail: Buffer) => bytes?.subarray(-tail.length).equals(tail);

  it('are preserved, whatever types its properties and body have', async () => {
    const sent = Buffer.concat([
      amqp.properties(amqp.uuid(ID), amqp.binary(Buffer.from('user')), amqp.NULL, amqp.string('subject')),
      amqp.applicationProperties(...TYPED),
      amqp.value(NESTED),
    ]);
    await send('typed', sent);
    const [kept] = await peek('typed');
    expect(endsWith(kept, sent)).toBe(true);

    const message = await receiveOne(scene.receiver('typed'));
    expect(message.applicationProperties).toMatchObject({ small: 7, int: -3, double: 7, symbol: 'word' });
    expect(message.subject).toBe('subject');
  });

  it('are preserved in batches', async () => {
    const messages = [1, 2].map((number) =>
      Buffer.concat([
        amqp.properties(amqp.string(`m${number}`)),
        amqp.applicationProperties(...TYPED),
        amqp.data(Buffer.from([number, 0, 255])),
      ]),
    );
    await send('batch', Buffer.concat(messages.map(amqp.data)), 0x80013700);
    const kept = await peek('batch');
    expect(kept.map((bytes, index) => endsWith(bytes, messages[index]!))).toEqual([true, true]);
  });

  it('are preserved through topics', async () => {
    const sent = Buffer.concat([
      amqp.properties(amqp.uuid(ID)),
      amqp.applicationProperties(...TYPED),
      amqp.value(NESTED),
    ]);
    await send('events', sent);
    expect(endsWith((await peek('events/Subscriptions/all'))[0], sent)).toBe(true);
  });

  it('of its body and its other properties are kept when some properties are changed', async () => {
    const body = amqp.value(NESTED);
    await send(
      'changed',
      Buffer.concat([amqp.properties(amqp.uuid(ID)), amqp.applicationProperties(...TYPED), body]),
    );
    const receiver = scene.receiver('changed');
    await receiver.abandonMessage(await receiveOne(receiver), { added: 'x', small: 8 });
    const [kept] = await peek('changed');
    expect(endsWith(kept, body)).toBe(true);
    for (const [key, value] of TYPED.filter(([key]) => !key.includes('small'))) {
      expect(kept!.includes(Buffer.concat([key, value]))).toBe(true);
    }
    await receiver.deadLetterMessage(await receiveOne(receiver), {
      deadLetterReason: 'r',
      deadLetterErrorDescription: 'd',
    });
    const [dead] = await peek('changed/$DeadLetterQueue');
    expect(endsWith(dead, body)).toBe(true);
    expect(dead!.includes(amqp.uuid(ID))).toBe(true);
  });

  it('of its own annotations are kept, and those of the broker are not taken from a sender', async () => {
    const own = Buffer.concat([amqp.symbol('x-own'), amqp.long(2n ** 60n)]);
    await send(
      'annotated',
      Buffer.concat([
        amqp.annotations(
          [amqp.symbol('x-own'), amqp.long(2n ** 60n)],
          [amqp.symbol('x-opt-sequence-number'), amqp.long(4_711n)],
          [amqp.symbol('x-opt-partition-key'), amqp.string('p')],
        ),
        amqp.properties(amqp.string('m')),
        amqp.data(Buffer.from('1')),
      ]),
    );
    expect((await peek('annotated'))[0]!.includes(own)).toBe(true);
    const message = await receiveOne(scene.receiver('annotated'));
    expect(message.sequenceNumber!.toNumber()).toBe(1);
    expect(message.partitionKey).toBe('p');
  });

  it('are preserved if it has no id and gets one', async () => {
    const rest = Buffer.concat([amqp.applicationProperties(...TYPED), amqp.value(NESTED)]);
    await send('without-id', Buffer.concat([amqp.properties(amqp.NULL, amqp.NULL, amqp.string('to')), rest]));
    expect(endsWith((await peek('without-id'))[0], rest)).toBe(true);
    const message = await receiveOne(scene.receiver('without-id'));
    expect(message).toMatchObject({ to: 'to', messageId: expect.stringMatching(/.{8}/) });
  });

  it('give the SDK what the SDK has sent', async () => {
    const sent = {
      body: { text: 'ünï', list: [1, -2.5, null, { deep: true }] },
      messageId: 'id',
      correlationId: 'correlation',
      contentType: 'application/json',
      subject: 'subject',
      to: 'to',
      replyTo: 'reply-to',
      sessionId: 'session',
      replyToSessionId: 'reply-session',
      partitionKey: 'session',
      timeToLive: 60_000,
      applicationProperties: {
        text: 'x',
        number: 1.5,
        flag: false,
        date: new Date(1_700_000_000_123),
        nothing: null,
      },
    };
    await scene.send('own', sent);
    const { date, ...properties } = sent.applicationProperties;
    expect(await receiveOne(scene.receiver('own'))).toMatchObject({
      ...sent,
      // The SDK gives timestamps among the properties as numbers.
      applicationProperties: { ...properties, date: date.getTime() },
    });
  });

  it.each([
    ['value', { nested: ['a', 1, { b: null }], date: new Date(1_700_000_000_123) }],
    ['sequence', [[1, 'two', { three: 3 }], ['four']]],
    ['data', Buffer.from([0, 1, 2, 255])],
  ] as const)('make an annotated message with a body of the type %s', async (bodyType, body) => {
    await scene.send('footer', {
      bodyType,
      body,
      footer: { checksum: 'abc' },
      header: { durable: true, priority: 3 },
      applicationProperties: { a: 1 },
    } as never);
    const message = await receiveOne(scene.receiver('footer'));
    const raw = message._rawAmqpMessage;
    expect(raw.bodyType).toBe(bodyType);
    expect(message.body).toEqual(body);
    expect(raw.footer).toEqual({ checksum: 'abc' });
    expect(raw.header).toMatchObject({ durable: true, priority: 3, deliveryCount: 0 });
    await scene.receiver('footer').completeMessage(message);
  });
});
