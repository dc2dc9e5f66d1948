import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import rhea from 'rhea';

import { decodeMessage } from './decode-message.js';
import { type LinkDelivery } from './link-delivery.js';
import { type ReceivedMessage } from './received-message.js';

const TAG = Buffer.from('33221100554477668899aabbccddeeff', 'hex');
const LOCK_TOKEN = '00112233-4455-6677-8899-aabbccddeeff';
const DATA = rhea.message.data_section(Buffer.from('{"a":1}')) as unknown;

const decode = (bytes: Buffer, tag: unknown = TAG): ReceivedMessage | undefined =>
  decodeMessage(bytes, { tag } as LinkDelivery);

const encode = (message: object): Buffer => rhea.message.encode({ body: DATA, ...message });

const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { nil: undefined });
const text = fc.string({ maxLength: 30, unit: 'grapheme' });
const time = fc.date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true });
const id = fc.oneof(text, fc.nat());
const property = fc.oneof(
  text,
  fc.boolean(),
  fc.constant(null),
  fc.integer(),
  fc.maxSafeInteger(),
  fc
    .double({ noNaN: true, noDefaultInfinity: true })
    .filter((value) => !Number.isInteger(value) || Number.isSafeInteger(value)),
  time,
);

/** What rhea is given, and so what it has to come out as. */
const fields = fc.record({
  ttl: maybe(fc.nat()),
  delivery_count: maybe(fc.nat({ max: 300 })),
  message_id: maybe(id),
  to: maybe(text),
  subject: maybe(text),
  reply_to: maybe(text),
  correlation_id: maybe(id),
  content_type: maybe(fc.constantFrom('application/json', 'text/plain', 'x'.repeat(300))),
  group_id: maybe(text),
  reply_to_group_id: maybe(text),
  application_properties: maybe(
    fc
      .dictionary(text, property, { maxKeys: 5, noNullPrototype: true })
      .filter((map) => !Object.hasOwn(map, '__proto__')),
  ),
});

const annotations = fc.record({
  sequenceNumber: fc.maxSafeInteger(),
  enqueuedTime: time,
  lockedUntil: time,
  state: fc.constantFrom(0, 1, 2),
  partitionKey: text,
});

describe('decodeMessage', () => {
  it('reads each field as it was written', () => {
    fc.assert(
      fc.property(fields, annotations, fc.uint8Array({ maxLength: 300 }), (message, noted, body) => {
        const bytes = encode({
          ...message,
          message_annotations: {
            'x-opt-sequence-number': rhea.types.wrap_long(noted.sequenceNumber),
            'x-opt-unknown': 'passed over',
            'x-opt-enqueued-time': noted.enqueuedTime,
            'x-opt-locked-until': noted.lockedUntil,
            'x-opt-message-state': rhea.types.wrap_int(noted.state),
            'x-opt-partition-key': noted.partitionKey,
          },
          body: rhea.message.data_section(Buffer.from(body)) as unknown,
        });
        const received = decode(bytes);
        expect(Buffer.from(body).equals(received?.body as Buffer)).toBe(true);
        const { lockToken, state, enqueuedTimeUtc, lockedUntilUtc, partitionKey } = received ?? {};
        expect({ lockToken, state, enqueuedTimeUtc, lockedUntilUtc, partitionKey }).toEqual({
          lockToken: LOCK_TOKEN,
          state: ['active', 'deferred', 'scheduled'][noted.state],
          enqueuedTimeUtc: noted.enqueuedTime,
          lockedUntilUtc: noted.lockedUntil,
          partitionKey: noted.partitionKey,
        });
        expect(received?.sequenceNumber?.toNumber()).toBe(noted.sequenceNumber);
        const { messageId, to, subject, replyTo, correlationId, contentType, sessionId } = received ?? {};
        expect({ messageId, to, subject, replyTo, correlationId, contentType, sessionId }).toEqual({
          messageId: message.message_id,
          to: message.to,
          subject: message.subject,
          replyTo: message.reply_to,
          correlationId: message.correlation_id,
          contentType: message.content_type,
          sessionId: message.group_id,
        });
        expect(received?.deliveryCount).toBe(message.delivery_count);
        expect(received?.timeToLive).toBe(message.ttl || undefined);
        expect(received?.replyToSessionId).toBe(message.reply_to_group_id);
        expect(received?.applicationProperties).toEqual(rhea.message.decode(bytes).application_properties);
      }),
    );
  });

  it('shows the whole message as it came to those who ask', () => {
    const message = decode(
      encode({
        durable: true,
        message_id: 'm',
        content_encoding: 'gzip',
        group_sequence: 7,
        absolute_expiry_time: new Date(5_000),
        creation_time: new Date(2_000),
        message_annotations: { custom: 'x' },
        application_properties: { a: 1 },
      }),
    );
    expect(message?.timeToLive).toBe(3_000);
    const raw = message?._rawAmqpMessage;
    expect(raw?.bodyType).toBe('data');
    expect(raw?.header).toEqual({ durable: true, timeToLive: 3_000 });
    expect(raw?.properties).toEqual({
      messageId: 'm',
      contentEncoding: 'gzip',
      groupSequence: 7,
      absoluteExpiryTime: 5_000,
      creationTime: 2_000,
    });
    expect(raw?.messageAnnotations).toEqual({ custom: 'x' });
    expect(raw?.applicationProperties).toEqual({ a: 1 });
  });

  it('tells when the message expires, by its time to live, or never', () => {
    const enqueued = { message_annotations: { 'x-opt-enqueued-time': new Date(1_000) } };
    expect(decode(encode({ ...enqueued, ttl: 500 }))?.expiresAtUtc).toEqual(new Date(1_500));
    expect(decode(encode(enqueued))?.expiresAtUtc?.getTime()).toBe(922_337_203_685_477);
  });

  it('names the reason of a dead-lettered message', () => {
    const message = decode(
      encode({
        message_annotations: { 'x-opt-deadletter-source': 'work', 'x-opt-enqueue-sequence-number': 4 },
        application_properties: { DeadLetterReason: 'r', DeadLetterErrorDescription: 'd' },
      }),
    );
    expect(message).toMatchObject({
      deadLetterReason: 'r',
      deadLetterErrorDescription: 'd',
      deadLetterSource: 'work',
      enqueuedSequenceNumber: 4,
    });
  });

  it.each([
    ['an AMQP value', { body: 'value' }],
    ['a sequence', { body: rhea.message.sequence_section([1, 2]) as unknown }],
    [
      'two pieces of data',
      { body: rhea.message.data_sections([Buffer.from('a'), Buffer.from('b')]) as unknown },
    ],
    ['a list among its properties', { application_properties: { list: [1, 2] } }],
    ['an id of bytes', { message_id: Buffer.alloc(16) as unknown as string }],
    [
      'a property that no object should have',
      { application_properties: JSON.parse('{"__proto__":1}') as object },
    ],
  ])('leaves to rhea and the SDK a message with %s', (_what, message) => {
    expect(decode(encode(message))).toBeUndefined();
  });

  it('leaves to them what has another tag than Service Bus gives', () => {
    expect(decode(encode({}), Buffer.from('1'))).toBeUndefined();
    expect(decode(encode({}), 'text')).toBeUndefined();
  });

  it('never throws, whatever the bytes are', () => {
    const whole = encode({ ttl: 5, message_id: 'm', application_properties: { a: 'b', c: 1 } });
    fc.assert(
      fc.property(fc.nat({ max: whole.length - 1 }), fc.uint8Array({ maxLength: 20 }), (at, bytes) => {
        decode(Buffer.concat([whole.subarray(0, at), bytes]));
        const changed = Buffer.from(whole);
        changed.set(bytes.subarray(0, whole.length - at), at);
        decode(changed);
        decode(Buffer.from(bytes));
      }),
      { numRuns: 2_000 },
    );
  });
});
