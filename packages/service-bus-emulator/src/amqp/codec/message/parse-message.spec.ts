import { describe, expect, it, jest } from '@jest/globals';
import rhea from 'rhea';

import { type EncodedMessage } from './encoded-message.js';
import { parseMessage } from './parse-message.js';

const { types } = rhea;
const dataSection = (data: Buffer): object => rhea.message.data_section(data) as object;
const noNewId = (): string => {
  throw new Error('no new id was expected');
};
const parse = (message: object): EncodedMessage => parseMessage(rhea.message.encode(message), noNewId);
const parseHex = (hex: string): EncodedMessage =>
  parseMessage(Buffer.from(hex.replaceAll(' ', ''), 'hex'), () => 'new');

const DATA = '005375 a0 01 ff';

describe('parseMessage', () => {
  it('reads the properties by which the broker decides', () => {
    const message = parse({
      durable: true,
      priority: 7,
      ttl: 60_000,
      message_id: 'id-1',
      group_id: 'session-1',
      message_annotations: {
        'x-opt-partition-key': 'partition-1',
        'x-opt-via-partition-key': 'via-1',
        'x-opt-scheduled-enqueue-time': new Date(1_700_000_000_000),
      },
      body: dataSection(Buffer.from('body')),
    });
    expect(message).toMatchObject({
      messageId: 'id-1',
      sessionId: 'session-1',
      partitionKey: 'partition-1',
      viaPartitionKey: 'via-1',
      timeToLiveMs: 60_000,
      scheduledEnqueueTimeMs: 1_700_000_000_000,
    });
    expect(message.size).toBe(message.bytes.length);
  });

  it('reads as absent what the producer did not set', () => {
    const message = parse({ message_id: 'id', body: dataSection(Buffer.alloc(0)) });
    expect(message.sessionId).toBeUndefined();
    expect(message.partitionKey).toBeUndefined();
    expect(message.viaPartitionKey).toBeUndefined();
    expect(message.timeToLiveMs).toBeUndefined();
    expect(message.scheduledEnqueueTimeMs).toBeUndefined();
  });

  it.each<[string, unknown, string]>([
    ['a string', 'id', 'id'],
    [
      'a uuid',
      types.wrap_uuid(Buffer.from('00112233445566778899aabbccddeeff', 'hex')),
      '00112233-4455-6677-8899-aabbccddeeff',
    ],
    ['a ulong', types.wrap_ulong(5), '5'],
    ['a ulong beyond 2^53', types.wrap_ulong(Buffer.alloc(8, 0xff)), '18446744073709551615'],
    ['a binary', types.wrap_binary(Buffer.from('00ff', 'hex')), '00ff'],
  ])('has the message id as text if it is %s', (_name, id, text) => {
    const message = parse({ message_id: id, correlation_id: id, body: 'x' });
    expect(message.messageId).toBe(text);
    expect(message.systemProperty('MessageId')).toBe(text);
    expect(message.systemProperty('CorrelationId')).toBe(text);
  });

  it('keeps every byte of a message that has an id', () => {
    const encoded = rhea.message.encode({
      message_id: 'id',
      delivery_annotations: { a: 1 },
      message_annotations: { 'x-opt-custom': types.wrap_long(5) },
      application_properties: { n: types.wrap_double(2) },
      body: 'x',
    });
    expect(parseMessage(encoded, noNewId).bytes).toEqual(encoded);
  });

  it.each([
    ['no properties', DATA],
    ['properties without an id', `005373 c0 05 03 40 40 a1 00 ${DATA}`],
    ['properties that are empty', `005373 45 ${DATA}`],
    ['an empty id', `005373 c0 03 01 a1 00 ${DATA}`],
  ])('gives an id to a message with %s', (_name, hex) => {
    const newMessageId = jest.fn(() => 'given');
    const message = parseMessage(Buffer.from(hex.replaceAll(' ', ''), 'hex'), newMessageId);
    expect(newMessageId).toHaveBeenCalledTimes(1);
    expect(message.messageId).toBe('given');
    expect(rhea.message.decode(message.bytes)).toMatchObject({ message_id: 'given' });
  });

  it('leaves everything else unchanged when it adds an id', () => {
    const header = '005370 c0 04 02 41 50 07';
    const annotations = '005372 c1 08 02 a3 03 616263 54 05';
    const rest = '005374 c1 06 02 a1 01 6b 55 05 005375 a0 02 0102 005375 a0 01 03 005378 c1 01 00';
    const message = parseHex(`${header} ${annotations} 005373 c0 08 04 40 40 40 a1 02 6869 ${rest}`);
    const expected = `${header} ${annotations} 005373 c0 0c 04 a1 03 6e6577 40 40 a1 02 6869 ${rest}`;
    expect(message.bytes.toString('hex')).toBe(expected.replaceAll(' ', ''));
  });

  it('removes annotations that only the broker may set, and keeps the others byte for byte', () => {
    const message = parse({
      message_id: 'id',
      message_annotations: {
        'x-opt-sequence-number': 99,
        mine: types.wrap_long(5),
        'x-opt-enqueued-time': new Date(0),
        'x-opt-locked-until': new Date(0),
        'x-opt-message-state': 2,
        'x-opt-enqueue-sequence-number': 99,
        'x-opt-deadletter-source': 'elsewhere',
        'x-opt-partition-key': 'key',
      },
      body: 'x',
    });
    const { message_annotations: annotations } = rhea.message.decode(message.bytes) as unknown as {
      message_annotations: object;
    };
    expect(annotations).toEqual({ mine: 5, 'x-opt-partition-key': 'key' });
    expect(message.bytes.includes(Buffer.from('a3046d696e655505', 'hex'))).toBe(true);
    expect(message.partitionKey).toBe('key');
  });

  it.each([
    ['the header alone', { ttl: 5_000 }, 5_000],
    ['both, which differ', { ttl: 5_000, creation_time: 1_000, absolute_expiry_time: 9_000 }, 5_000],
    ['the two times alone', { creation_time: 1_000, absolute_expiry_time: 9_000 }, 8_000],
    ['an expiry before the creation', { creation_time: 9_000, absolute_expiry_time: 1_000 }, 0],
    ['the expiry alone', { absolute_expiry_time: 9_000 }, undefined],
    ['the creation alone', { creation_time: 9_000 }, undefined],
    [
      'a header that cannot say more',
      { ttl: 0xffff_ffff, creation_time: 0, absolute_expiry_time: 1e10 },
      1e10,
    ],
    ['the greatest header alone', { ttl: 0xffff_ffff }, 0xffff_ffff],
    ['no life at all', { ttl: 0 }, 0],
  ])('finds the time to live in %s', (_name, fields, timeToLiveMs) => {
    expect(parse({ message_id: 'id', body: 'x', ...fields }).timeToLiveMs).toBe(timeToLiveMs);
  });

  it('does not keep the chunk alive, nor change with it', () => {
    const encoded = rhea.message.encode({ message_id: 'id', body: 'x' });
    const chunk = Buffer.concat([encoded, Buffer.alloc(100_000)]);
    const message = parseMessage(chunk.subarray(0, encoded.length), noNewId);
    chunk.fill(0);
    expect(message.bytes).toEqual(encoded);
    expect(message.bytes.buffer.byteLength).toBeLessThan(20_000);
    expect(message.bytes.buffer).not.toBe(chunk.buffer);
  });

  it('keeps large messages in memory of just their size', () => {
    const encoded = rhea.message.encode({
      message_id: 'id',
      body: dataSection(Buffer.alloc(50_000, 7)),
    });
    const message = parseMessage(encoded, noNewId);
    expect(message.bytes).toEqual(encoded);
    expect(message.bytes.buffer.byteLength).toBe(encoded.length);
  });

  it('yields an equal message from its bytes', () => {
    const once = parseHex(`005374 c1 06 02 a1 01 6b 5005 ${DATA}`);
    const again = parseMessage(once.bytes, noNewId);
    expect(again.bytes).toEqual(once.bytes);
    expect(again.messageId).toBe('new');
  });
});
