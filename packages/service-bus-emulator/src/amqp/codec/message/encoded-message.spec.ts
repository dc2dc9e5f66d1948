import { describe, expect, it } from '@jest/globals';
import rhea from 'rhea';
import { type PropertyValue, type SystemProperty } from '@nestjs-service-bus/rule-filter';

import { type EncodedMessage } from './encoded-message.js';
import { parseMessage } from './parse-message.js';

const { types } = rhea;
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

describe('EncodedMessage', () => {
  it.each<[SystemProperty, PropertyValue]>([
    ['ContentType', 'application/json'],
    ['CorrelationId', 'correlation'],
    ['Label', 'subject'],
    ['MessageId', 'id'],
    ['ReplyTo', 'reply-to'],
    ['ReplyToSessionId', 'reply-to-session'],
    ['SessionId', 'session'],
    ['To', 'to'],
  ])('has the system property %s', (name, value) => {
    const message = parse({
      message_id: 'id',
      to: 'to',
      subject: 'subject',
      reply_to: 'reply-to',
      correlation_id: 'correlation',
      content_type: 'application/json',
      group_id: 'session',
      reply_to_group_id: 'reply-to-session',
      body: 'x',
    });
    expect(message.systemProperty(name)).toBe(value);
    expect(parse({ body: 'x' }).systemProperty(name)).toBe(name === 'MessageId' ? 'new' : null);
  });

  it.each<[string, PropertyValue]>([
    ['Text', 'text'],
    ['tEXT', 'text'],
    ['int', -5],
    ['long', 9_223_372_036_854_775_807n],
    ['ulong', 18_446_744_073_709_551_615n],
    ['short', -3],
    ['double', 2],
    ['float', 0.5],
    ['when', new Date(1_700_000_000_000)],
    ['uuid', '00112233-4455-6677-8899-aabbccddeeff'],
    ['bytes', new Uint8Array([1, 2])],
    ['yes', true],
    ['nothing', null],
    ['nested', null],
    ['absent', null],
  ])('has the application property %s', (name, value) => {
    expect(parse({ application_properties: TYPED, body: 'x' }).applicationProperty(name)).toEqual(value);
  });

  it('has no application properties if the producer sent none', () => {
    expect(parse({ body: 'x' }).applicationProperty('any')).toBeNull();
  });
});
