import { describe, expect, it } from '@jest/globals';
import rhea from 'rhea';
import { type PropertyValue, type SystemProperty } from '@nestjs-service-bus/rule-filter';

import { type EncodedMessage } from './encoded-message.js';
import { parseMessage } from './parse-message.js';

const { types } = rhea;
const dataSections = (data: Buffer[]): object => rhea.message.data_sections(data) as object;
const UUID = Buffer.from('00112233445566778899aabbccddeeff', 'hex');
const parse = (message: object): EncodedMessage => parseMessage(rhea.message.encode(message), () => 'new');

const TYPED: Readonly<Record<string, unknown>> = {
  Text: 'text',
  int: types.wrap_int(-5),
  long: types.wrap_long(Buffer.from('7fffffffffffffff', 'hex')),
  ulong: types.wrap_ulong(Buffer.alloc(8, 0xff)),
  short: types.wrap_short(-3),
  double: types.wrap_double(2),
  float: types.wrap_float(0.5),
  when: types.wrap_timestamp(1_700_000_000_000),
  uuid: types.wrap_uuid(UUID),
  bytes: types.wrap_binary(Buffer.of(1, 2)),
  yes: true,
  nothing: null,
  nested: types.wrap_map({ a: types.wrap_list([types.wrap_long(1)]) }),
};

describe('EncodedMessage.withProperties', () => {
  const original = parse({
    durable: true,
    message_id: types.wrap_uuid(UUID) as object,
    subject: 'old',
    correlation_id: types.wrap_ulong(7) as object,
    user_id: Buffer.from('user'),
    creation_time: 1_000,
    group_sequence: 5,
    message_annotations: { mine: types.wrap_long(5) },
    application_properties: TYPED,
    body: dataSections([Buffer.from('one'), Buffer.from('two')]),
    footer: { sum: types.wrap_long(6) },
  });
  const { places } = original;
  const changed = original.withProperties({
    application: new Map<string, PropertyValue>([
      ['DeadLetterReason', 'because'],
      ['text', 'changed'],
      ['LONG', null],
      ['absent', null],
    ]),
    system: new Map<SystemProperty, PropertyValue>([
      ['Label', 'new'],
      ['CorrelationId', null],
      ['ReplyToSessionId', 'reply'],
      ['ContentType', 'text/plain'],
    ]),
  });

  it('changes, adds and removes application properties', () => {
    expect(changed.applicationProperty('DeadLetterReason')).toBe('because');
    expect(changed.applicationProperty('Text')).toBe('changed');
    expect(changed.applicationProperty('long')).toBeNull();
    expect(changed.applicationProperty('absent')).toBeNull();
    const { application_properties: properties } = rhea.message.decode(changed.bytes) as unknown as {
      application_properties: object;
    };
    const names = Object.keys(TYPED).filter((name) => name !== 'long');
    expect(Object.keys(properties)).toEqual([...names, 'DeadLetterReason']);
  });

  it('keeps the bytes of application properties that do not change', () => {
    for (const name of Object.keys(TYPED).filter((key) => key !== 'Text' && key !== 'long')) {
      const single = rhea.message.encode({
        application_properties: { [name]: TYPED[name] },
      });
      const entry = single.subarray(single.indexOf(Buffer.from([0xa1, name.length])), -4);
      expect([name, changed.bytes.includes(entry)]).toEqual([name, true]);
    }
  });

  it('changes, adds and removes system properties', () => {
    expect(changed.systemProperty('Label')).toBe('new');
    expect(changed.systemProperty('CorrelationId')).toBeNull();
    expect(changed.systemProperty('ReplyToSessionId')).toBe('reply');
    expect(changed.systemProperty('ContentType')).toBe('text/plain');
    expect(rhea.message.decode(changed.bytes)).toMatchObject({
      message_id: UUID,
      user_id: Buffer.from('user'),
      subject: 'new',
      group_sequence: 5,
      content_type: 'text/plain',
      reply_to_group_id: 'reply',
    });
  });

  it('keeps header, annotations, body and footer byte-equal', () => {
    expect(changed.bytes.subarray(0, places.kept)).toEqual(original.bytes.subarray(0, places.kept));
    expect(changed.bytes.subarray(changed.places.body)).toEqual(original.bytes.subarray(places.body));
    expect(original.bytes.subarray(places.body).includes('two')).toBe(true);
  });

  it('does not change the original message', () => {
    expect(original.systemProperty('Label')).toBe('old');
    expect(original.applicationProperty('Text')).toBe('text');
    expect(original.applicationProperty('DeadLetterReason')).toBeNull();
  });

  it('leaves a kind of properties as it is if nothing of it changes', () => {
    const application = original.withProperties({ application: new Map([['a', 1]]) });
    expect(application.bytes.subarray(0, places.afterProperties)).toEqual(
      original.bytes.subarray(0, places.afterProperties),
    );
    const system = original.withProperties({ system: new Map([['Label' as const, 'new']]) });
    expect(system.bytes.subarray(system.places.afterProperties)).toEqual(
      original.bytes.subarray(places.afterProperties),
    );
    expect(original.withProperties({}).bytes).toEqual(original.bytes);
  });

  it('adds properties to a message without any, and removes the last one', () => {
    const bare = parse({ message_id: 'id', body: 'x' });
    const added = bare.withProperties({ application: new Map([['a', 1]]) });
    expect(added.applicationProperty('a')).toBe(1);
    expect(added.withProperties({ application: new Map([['A', null]]) }).bytes).toEqual(bare.bytes);
  });

  it('writes a changed session id, reply-to and message id where the broker reads them', () => {
    const moved = original.withProperties({
      system: new Map<SystemProperty, PropertyValue>([
        ['SessionId', 'session'],
        ['MessageId', 'other'],
        ['To', 5],
      ]),
    });
    expect(moved.sessionId).toBe('session');
    expect(moved.messageId).toBe('other');
    expect(moved.systemProperty('To')).toBe('5');
  });

  it('keeps the id when asked to remove it, since a message must have one', () => {
    const kept = original.withProperties({ system: new Map([['MessageId' as const, null]]) });
    expect(kept.messageId).toBe(original.messageId);
  });

  it('replaces all entries that differ only in case by one', () => {
    const twice = parse({
      message_id: 'id',
      application_properties: { Color: 'red', color: 'blue' },
      body: 'x',
    });
    expect(twice.applicationProperty('COLOR')).toBe('red');
    const once = twice.withProperties({ application: new Map([['COLOR', 'green']]) });
    expect(rhea.message.decode(once.bytes)).toMatchObject({ application_properties: { Color: 'green' } });
    expect(
      once.withProperties({ application: new Map([['color', null]]) }).applicationProperty('Color'),
    ).toBeNull();
  });

  it('grows maps beyond 255 bytes and entries', () => {
    const names = Array.from({ length: 300 }, (_, index) => `name-${index}`);
    const many = original.withProperties({ application: new Map(names.map((name) => [name, name])) });
    for (const name of names) expect(many.applicationProperty(name)).toBe(name);
    expect(many.applicationProperty('uuid')).toBe('00112233-4455-6677-8899-aabbccddeeff');
  });
});
