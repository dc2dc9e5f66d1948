import { type ServiceBusMessage } from '@azure/service-bus';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import {
  Annotation,
  guidText,
  Section,
  TypeCode,
  uuidText,
  ValueWriter,
} from '@nestjs-service-bus/amqp-message';
import fc from 'fast-check';
import rhea from 'rhea';

import { decodeMessage } from '../../nestjs-service-bus/src/sdk/fast-lane/decode-message.js';
import { EncodedBatch } from '../../nestjs-service-bus/src/sdk/fast-lane/encoded-batch.js';
import { type LinkDelivery } from '../../nestjs-service-bus/src/sdk/fast-lane/link-delivery.js';
import { type ReceivedMessage } from '../../nestjs-service-bus/src/sdk/fast-lane/received-message.js';
import { encodeDelivery } from '../../service-bus-emulator/src/amqp/codec/delivery/encode-delivery.js';
import { type EncodedMessage } from '../../service-bus-emulator/src/amqp/codec/message/encoded-message.js';
import { LockTokens } from '../../service-bus-emulator/src/amqp/codec/delivery/lock-token.js';
import { parseMessage } from '../../service-bus-emulator/src/amqp/codec/message/parse-message.js';
import { splitBatch } from '../../service-bus-emulator/src/amqp/codec/message/split-batch.js';
import { anyValue, type EncodedValue, simpleValue, stringValue, symbolValue } from './encoded-value.js';

type Decoded = Readonly<Record<string, unknown>>;
const decode = rhea.message.decode as unknown as (bytes: Buffer) => Decoded;

const TOKENS = new LockTokens(Buffer.from('0123456789abcdef', 'hex'));
const LOCK_ID = 5;
const STAMP = {
  deliveryCount: 2,
  sequenceNumber: 7_000_000_000,
  enqueuedSequenceNumber: 3,
  enqueuedTimeMs: 1_700_000_000_000,
  lockedUntilMs: 1_700_000_060_000,
  state: 1,
  deadLetterSource: 'orders',
} as const;

const NULL: EncodedValue = { bytes: Buffer.of(TypeCode.null), isPlain: true };
const orNull = (value: fc.Arbitrary<EncodedValue>): fc.Arbitrary<EncodedValue> =>
  fc.oneof(value, fc.constant(NULL));
const withWriter = (write: (writer: ValueWriter) => void): Buffer => {
  const writer = new ValueWriter(16);
  write(writer);
  return writer.written();
};
const ids = fc.oneof(
  stringValue.filter(({ bytes }) => bytes.length > 5),
  fc.maxSafeNat().map((id) => ({ bytes: withWriter((writer) => writer.ulong(id)), isPlain: true })),
  // [AMQP 3.2.11] Ids of the two other types are for rhea.
  fc
    .uint8Array({ minLength: 16, maxLength: 16 })
    .map((id) => ({ bytes: Buffer.from([TypeCode.uuid, ...id]), isPlain: false })),
);
const times = fc
  .nat({ max: 4_000_000_000 })
  .map((timeMs) => ({ bytes: withWriter((writer) => writer.timestamp(timeMs * 1_000)), isPlain: true }));
const uints = fc.nat().map((value) => ({ bytes: withWriter((writer) => writer.uint(value)), isPlain: true }));
const texts = orNull(stringValue);

/** [AMQP 3.2.4], each field as one of its types, or null. */
const properties = fc.tuple(
  ids, // message-id
  orNull(fc.constant({ bytes: Buffer.of(TypeCode.binary8, 1, 7), isPlain: true })), // user-id
  texts, // to
  texts, // subject
  texts, // reply-to
  orNull(ids), // correlation-id
  orNull(symbolValue), // content-type
  orNull(symbolValue), // content-encoding
  orNull(times), // absolute-expiry-time
  orNull(times), // creation-time
  texts, // group-id
  orNull(uints), // group-sequence
  texts, // reply-to-group-id
);

const name = fc
  .string({ unit: 'binary', minLength: 1, maxLength: 20 })
  .filter((text) => text !== '__proto__');
const applicationProperties = fc.uniqueArray(fc.tuple(name, fc.oneof(simpleValue, anyValue)), {
  maxLength: 5,
  selector: ([key]) => key.toLowerCase(),
});

type Body = 'data' | 'two data' | 'value' | 'sequence';

interface Source {
  readonly bytes: Buffer;
  readonly isPlain: boolean;
  readonly body: Body;
  readonly names: readonly string[];
}

const source = fc
  .record({
    ttl: fc.option(fc.nat(), { nil: undefined }),
    partitionKey: fc.option(fc.string({ unit: 'binary', maxLength: 20 }), { nil: undefined }),
    properties,
    fieldCount: fc.integer({ min: 1, max: 13 }),
    applicationProperties: fc.option(applicationProperties, { nil: undefined }),
    body: fc.oneof(
      { weight: 3, arbitrary: fc.constant<Body>('data') },
      fc.constantFrom<Body>('two data', 'value', 'sequence'),
    ),
    content: fc.uint8Array({ maxLength: 300 }),
  })
  .map((parts): Source => {
    const { ttl, partitionKey, body } = parts;
    const fields = parts.properties.slice(0, parts.fieldCount);
    const entries = parts.applicationProperties ?? [];
    const bytes = withWriter((writer) => {
      if (ttl !== undefined) writeHeader(ttl, writer);
      if (partitionKey !== undefined) writePartitionKey(partitionKey, writer);
      writer.descriptor(Section.properties);
      const list = writer.beginList();
      for (const { bytes: field } of fields) writer.encoded(field, 0, field.length);
      writer.endCompact(list, fields.length);
      if (parts.applicationProperties) writeProperties(entries, writer);
      writeBody(body, parts.content, writer);
    });
    return {
      bytes,
      isPlain:
        body === 'data' &&
        fields.every(({ isPlain }) => isPlain) &&
        entries.every(([, { isPlain }]) => isPlain),
      body,
      names: entries.map(([key]) => key),
    };
  });

function writeHeader(ttl: number, writer: ValueWriter): void {
  writer.descriptor(Section.header);
  const list = writer.beginShortList();
  writer.boolean(true);
  writer.null();
  writer.uint(ttl);
  writer.endShort(list, 3);
}

function writePartitionKey(key: string, writer: ValueWriter): void {
  writer.descriptor(Section.messageAnnotations);
  const map = writer.beginMap();
  writer.symbol(Annotation.partitionKey);
  writer.string(key);
  writer.end(map, 2);
}

function writeProperties(entries: readonly (readonly [string, EncodedValue])[], writer: ValueWriter): void {
  writer.descriptor(Section.applicationProperties);
  const map = writer.beginMap();
  for (const [key, { bytes }] of entries) {
    writer.string(key);
    writer.encoded(bytes, 0, bytes.length);
  }
  writer.endCompact(map, entries.length * 2);
}

function writeBody(body: Body, content: Uint8Array, writer: ValueWriter): void {
  if (body === 'sequence') {
    writer.descriptor(Section.sequence);
    const list = writer.beginList();
    writer.binary(content);
    writer.end(list, 1);
    return;
  }
  for (let left = body === 'two data' ? 2 : 1; left > 0; left--) {
    writer.descriptor(body === 'value' ? Section.value : Section.data);
    writer.binary(content);
  }
}

/** The message as the broker delivers it. */
function deliver(bytes: Buffer): { readonly kept: EncodedMessage; readonly delivered: Buffer } {
  const kept = parseMessage(bytes, () => 'new');
  return { kept, delivered: encodeDelivery(kept, STAMP) };
}

const receive = (bytes: Buffer): ReceivedMessage | undefined =>
  decodeMessage(bytes, { tag: TOKENS.toDeliveryTag(LOCK_ID) } as LinkDelivery);

/** A property in one form: what is absent is null, a UUID its text, other bytes hexadecimal text. */
function sameForm(value: unknown): unknown {
  if (value === undefined) return null;
  if (!(value instanceof Uint8Array)) return value;
  const bytes = Buffer.from(value);
  return bytes.length === 16 ? uuidText(bytes) : bytes.toString('hex');
}

const sameForms = (values: readonly unknown[]): unknown[] => values.map(sameForm);

/** An id as the broker takes it: as a text. */
const idText = (id: unknown): unknown => (sameForm(id) === null ? null : String(sameForm(id)));

function expectTheSame(kept: EncodedMessage, decoded: Decoded, received: ReceivedMessage | undefined): void {
  const { message_id: id, correlation_id: correlation } = decoded;
  expect([kept.messageId, kept.systemProperty('CorrelationId')]).toEqual([idText(id), idText(correlation)]);
  const texts = sameForms([
    ...[decoded['to'], decoded['subject'], decoded['reply_to'], decoded['content_type']],
    ...[decoded['group_id'], decoded['reply_to_group_id']],
  ]);
  expect(
    (['To', 'Label', 'ReplyTo', 'ContentType', 'SessionId', 'ReplyToSessionId'] as const).map((property) =>
      kept.systemProperty(property),
    ),
  ).toEqual(texts);
  if (received === undefined) return;
  expect(sameForms([received.messageId, received.correlationId])).toEqual(sameForms([id, correlation]));
  const { to, subject, replyTo, contentType, sessionId, replyToSessionId } = received;
  expect(sameForms([to, subject, replyTo, contentType, sessionId, replyToSessionId])).toEqual(texts);
}

describe('the readers of messages', () => {
  beforeAll(() => {
    // rhea says much about values that are sound and mean nothing to it.
    jest.spyOn(console, 'warn').mockImplementation(() => undefined);
  });
  afterAll(() => {
    jest.restoreAllMocks();
  });

  it('make the same of a message on its way from producer to handler, or leave it to rhea', () => {
    const seen = { plain: 0, left: 0 };
    const check = ({ bytes, isPlain, names }: Source): void => {
      const { kept, delivered } = deliver(bytes);
      const decoded = decode(delivered);
      const received = receive(delivered);
      expect(received !== undefined).toBe(isPlain);
      expectTheSame(kept, decoded, received);
      if (received === undefined) {
        seen.left++;
        return;
      }
      seen.plain++;
      const properties = (decoded['application_properties'] ?? {}) as Decoded;
      for (const key of names) {
        const value = sameForm(received.applicationProperties?.[key]);
        expect([key, value]).toEqual([key, sameForm(kept.applicationProperty(key))]);
        expect([key, value]).toEqual([key, sameForm(properties[key])]);
      }
      expect(received.body).toEqual((decoded['body'] as { content: Buffer }).content);
    };
    fc.assert(fc.property(source, check), { numRuns: 400 });
    expect(Math.min(seen.plain, seen.left)).toBeGreaterThan(20);
  });

  it('know the broker’s annotations by the names that it writes', () => {
    const bytes = withWriter((writer) => {
      writePartitionKey('key', writer);
      writeBody('data', Buffer.of(1), writer);
    });
    const { kept, delivered } = deliver(bytes);
    expect(kept.partitionKey).toBe('key');
    expect(receive(delivered)).toMatchObject({
      messageId: 'new',
      partitionKey: 'key',
      deliveryCount: STAMP.deliveryCount,
      enqueuedSequenceNumber: STAMP.enqueuedSequenceNumber,
      enqueuedTimeUtc: new Date(STAMP.enqueuedTimeMs),
      lockedUntilUtc: new Date(STAMP.lockedUntilMs),
      state: 'deferred',
      deadLetterSource: STAMP.deadLetterSource,
      lockToken: uuidText(TOKENS.toUuid(LOCK_ID)),
    });
    expect(receive(delivered)?.sequenceNumber?.toNumber()).toBe(STAMP.sequenceNumber);
    expect(decode(delivered)['message_annotations']).toEqual({
      [Annotation.partitionKey]: 'key',
      [Annotation.sequenceNumber]: STAMP.sequenceNumber,
      [Annotation.enqueuedSequenceNumber]: STAMP.enqueuedSequenceNumber,
      [Annotation.enqueuedTime]: new Date(STAMP.enqueuedTimeMs),
      [Annotation.lockedUntil]: new Date(STAMP.lockedUntilMs),
      [Annotation.messageState]: STAMP.state,
      [Annotation.deadLetterSource]: STAMP.deadLetterSource,
    });
  });

  it('name a lock alike: the tag of its delivery, its token, its uuid for $management', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 8, maxLength: 8 }), fc.maxSafeNat(), (prefix, lockId) => {
        const tokens = new LockTokens(Buffer.from(prefix));
        const tag = tokens.toDeliveryTag(lockId);
        expect(guidText(tag)).toBe(uuidText(tokens.toUuid(lockId)));
        expect(tokens.fromDeliveryTag(tag)).toBe(lockId);
      }),
    );
  });

  it('find in a batch of the transport’s what each message was given', () => {
    const message = fc.record<ServiceBusMessage>(
      {
        body: fc.oneof(fc.string({ unit: 'binary' }), fc.uint8Array({ maxLength: 300 })),
        messageId: fc.oneof(fc.string({ minLength: 1, maxLength: 100 }), fc.nat()),
        correlationId: fc.oneof(fc.string({ maxLength: 100 }), fc.nat()),
        subject: fc.string({ unit: 'binary', maxLength: 300 }),
        contentType: fc.string({ unit: 'binary-ascii', maxLength: 20 }),
        sessionId: fc.string({ minLength: 1, maxLength: 100 }),
        timeToLive: fc.integer({ min: 1, max: 2 ** 40 }),
        scheduledEnqueueTimeUtc: fc.date({ noInvalidDate: true }),
        applicationProperties: fc.dictionary(
          name,
          fc.oneof(fc.string(), fc.boolean(), fc.maxSafeInteger(), fc.date({ noInvalidDate: true })),
          { maxKeys: 4, noNullPrototype: true },
        ),
      },
      { requiredKeys: ['body', 'messageId'] },
    );
    fc.assert(
      fc.property(fc.array(message, { minLength: 1, maxLength: 4 }), (messages) => {
        const batch = new EncodedBatch(1_000_000);
        for (const given of messages) expect(batch.tryAddMessage(given)).toBe(true);
        const parts = splitBatch(Buffer.from(batch._generateMessage()));
        expect(parts).toHaveLength(messages.length);
        parts.forEach((part, index) => expectAsGiven(part, messages[index]!));
      }),
      { numRuns: 100 },
    );
  });
});

function expectAsGiven(part: Buffer, given: ServiceBusMessage): void {
  const { kept, delivered } = deliver(part);
  const decoded = decode(delivered);
  const received = receive(delivered);
  expect(received).toBeDefined();
  expectTheSame(kept, decoded, received);
  const { messageId, correlationId, subject, contentType, sessionId, timeToLive } = given;
  expect(received).toMatchObject({ messageId, correlationId, subject, contentType, sessionId });
  expect(kept.sessionId).toBe(sessionId);
  // The SDK, and so the transport, lets no message live longer than the header can tell.
  expect(kept.timeToLiveMs).toBe(timeToLive && Math.min(timeToLive, 2 ** 32 - 1));
  expect(kept.scheduledEnqueueTimeMs).toBe(given.scheduledEnqueueTimeUtc?.getTime());
  const entries = Object.entries(given.applicationProperties ?? {});
  for (const [key, value] of entries) {
    expect([key, received?.applicationProperties?.[key]]).toEqual([key, value]);
    expect((decoded['application_properties'] as Decoded)[key]).toEqual(value);
  }
  const body = given.body instanceof Uint8Array ? given.body : Buffer.from(JSON.stringify(given.body));
  expect(Buffer.from(body).equals(received?.body as Buffer)).toBe(true);
}
