import { type ServiceBusMessage } from '@azure/service-bus';
import { describe, expect, it } from '@jest/globals';
import rhea, { type Message } from 'rhea';

import { EncodedBatch } from './encoded-batch.js';

interface Data {
  readonly content: Buffer | Buffer[];
}

const LARGE = 1_000_000;

/** The envelope, and the messages in it, as rhea reads them. */
function read(batch: EncodedBatch): { envelope: Message; messages: Message[] } {
  const envelope = rhea.message.decode(batch._generateMessage()) as unknown as Message;
  const { content } = envelope.body as Data;
  const pieces = Array.isArray(content) ? content : [content];
  return { envelope, messages: pieces.map((piece) => rhea.message.decode(piece) as unknown as Message) };
}

function batchOf(...messages: ServiceBusMessage[]): EncodedBatch {
  const batch = new EncodedBatch(LARGE);
  for (const message of messages) expect(batch.tryAddMessage(message)).toBe(true);
  return batch;
}

describe('EncodedBatch', () => {
  it('holds each message whole, and shows the first one’s properties on its envelope', () => {
    const first = { body: { n: 1 }, messageId: 'm-1', sessionId: 's', applicationProperties: { a: 'b' } };
    const { envelope, messages } = read(batchOf(first, { body: 'two', messageId: 2, timeToLive: 5_000 }));
    expect(envelope).toMatchObject({
      message_id: 'm-1',
      group_id: 's',
      application_properties: { a: 'b' },
    });
    expect(messages).toHaveLength(2);
    expect(messages[0]).toMatchObject({
      message_id: 'm-1',
      group_id: 's',
      application_properties: { a: 'b' },
    });
    expect(messages[1]).toMatchObject({ message_id: 2, ttl: 5_000 });
    const { absolute_expiry_time: end, creation_time: start } = messages[1] ?? {};
    expect(Number(end) - Number(start)).toBe(5_000);
    expect(messages.map(({ body }) => String((body as Data).content))).toEqual(['{"n":1}', '"two"']);
  });

  it('takes bodies as the SDK does: bytes as they are, anything else as JSON', () => {
    const bytes = Buffer.from([0, 255, 1]);
    const bodies = [bytes, new Uint8Array([7]), undefined, null, 'ü€😀', [1], true, 'x'.repeat(100_000)];
    const { messages } = read(batchOf(...bodies.map((body) => ({ body }))));
    const contents = messages.map(({ body }) => (body as Data).content as Buffer);
    expect(contents.slice(0, 2)).toEqual([bytes, Buffer.from([7])]);
    expect(contents.slice(2).map((content) => JSON.parse(content.toString()) as unknown)).toEqual([
      null,
      null,
      ...bodies.slice(4),
    ]);
  });

  it.each([
    ['an unusual body', { body: () => 1 }],
    ['a circular body', { body: circular() }],
    ['no body', { messageId: 'm' }],
    ['AMQP’s own form', { body: 'b', bodyType: 'value' }],
    ['a received AMQP value', { body: 'b', _rawAmqpMessage: { bodyType: 'value' } }],
    ['a subject that is no text', { body: 1, subject: 5 }],
    ['too long an id', { body: 1, messageId: 'x'.repeat(129) }],
    ['too long a session id', { body: 1, sessionId: 'x'.repeat(129) }],
    ['an id of bytes', { body: 1, messageId: Buffer.alloc(16) }],
    ['a fractional id', { body: 1, correlationId: 1.5 }],
    ['a property of bytes', { body: 1, applicationProperties: { a: Buffer.alloc(1) } }],
    ['a property that is no number', { body: 1, applicationProperties: { a: NaN } }],
    ['a partition key that is not its session’s id', { body: 1, sessionId: 's', partitionKey: 'p' }],
    ['a negative time to live', { body: 1, timeToLive: -1 }],
    ['a time that is none', { body: 1, scheduledEnqueueTimeUtc: new Date(NaN) }],
  ])('leaves to the SDK a message with %s, and goes on', (_what, message) => {
    const batch = batchOf({ body: 'before' });
    const { sizeInBytes } = batch;
    expect(batch.tryAddMessage(message as ServiceBusMessage)).toBe(false);
    expect(batch).toMatchObject({ count: 1, sizeInBytes });
    expect(batch.tryAddMessage({ body: 'after' })).toBe(true);
    expect(read(batch).messages.map(({ body }) => String((body as Data).content))).toEqual([
      '"before"',
      '"after"',
    ]);
  });

  it('keeps nothing of a message that throws while it is read', () => {
    const batch = batchOf({ body: 'before' });
    const { sizeInBytes } = batch;
    const fragile = {
      subject: 'half of it is written by now',
      get body(): unknown {
        throw new Error('no body any more');
      },
    };
    expect(() => batch.tryAddMessage(fragile)).toThrow('no body any more');
    expect(batch).toMatchObject({ count: 1, sizeInBytes });
    expect(read(batch).messages.map(({ body }) => String((body as Data).content))).toEqual(['"before"']);
  });

  it('never becomes larger than it may', () => {
    const batch = new EncodedBatch(1_000);
    while (batch.tryAddMessage({ body: 'x'.repeat(50), messageId: 'm' }));
    expect(batch.count).toBeGreaterThan(5);
    expect(batch._generateMessage().length).toBeLessThanOrEqual(1_000);
    expect(batch._generateMessage().length).toBe(batch.sizeInBytes);
    expect(read(batch).messages).toHaveLength(batch.count);
    expect(new EncodedBatch(40).tryAddMessage({ body: 'x'.repeat(50) })).toBe(false);
  });
});

describe('a batch of large messages', () => {
  it('does not encode one more to find that it does not fit', () => {
    const batch = new EncodedBatch(1_000);
    let encoded = 0;
    const message = (): ServiceBusMessage => ({ body: { toJSON: () => (encoded++, 'x'.repeat(280)) } });
    while (batch.tryAddMessage(message()));
    expect(batch.count).toBe(3);
    expect(encoded).toBe(3);
  });
});

function circular(): object {
  const value: Record<string, unknown> = {};
  value['self'] = value;
  return value;
}
