import { type ServiceBusReceivedMessage } from '@azure/service-bus';
import { describe, expect, it } from '@jest/globals';

import { UndecodableMessageException } from '../exceptions/undecodable-message.exception.js';
import { decode } from './decode.js';

function received(
  body: unknown,
  contentType?: string,
  bodyType: 'data' | 'value' | 'sequence' = 'data',
): unknown {
  return decode({
    body,
    contentType,
    _rawAmqpMessage: { body, bodyType },
  } as unknown as ServiceBusReceivedMessage);
}
const bytes = (text: string): Buffer => Buffer.from(text, 'utf8');

describe('decode', () => {
  it.each([
    ['{"a":[1,null]}', undefined, { a: [1, null] }],
    ['"quoted by the SDK"', undefined, 'quoted by the SDK'],
    ['12', undefined, 12],
    ['Hello world!', undefined, 'Hello world!'],
    ['{not json', undefined, '{not json'],
    ['trueish', undefined, 'trueish'],
    ['', undefined, ''],
    ['a=1&b=2', 'application/x-www-form-urlencoded', 'a=1&b=2'],
    ['{"a":1}', 'application/json; charset=utf-8', { a: 1 }],
    ['{"a":1}', 'application/vnd.example+json', { a: 1 }],
    ['12', 'text/plain', '12'],
    ['"quoted"', 'text/plain', 'quoted'],
    ['"half', 'text/plain', '"half'],
    ['สวัสดี', 'TEXT/plain', 'สวัสดี'],
    ['\ufeff{"a":1}', 'application/json', { a: 1 }],
    ['<a>1</a>', 'application/xml', '<a>1</a>'],
    ['12', 'application/soap+xml; charset=utf-8', '12'],
    ['12', 'application/yaml; charset=utf-8', '12'],
    ['12', 'Order', 12],
  ])('reads %j as %s', (body, contentType, expected) => {
    expect(received(bytes(body), contentType)).toEqual(expected);
  });

  it('leaves binary bodies as they are', () => {
    const body = Buffer.from([0xff, 0x00, 0xfe]);
    expect(received(body)).toEqual(body);
    expect(received(bytes('12'), 'application/octet-stream')).toEqual(bytes('12'));
    expect(received([bytes('{"a"'), bytes(':1}')])).toEqual({ a: 1 });
  });

  it.each([
    'avro/binary+1f2e3d',
    'application/x-protobuf',
    'application/msgpack',
    'image/png',
    'application/jwt',
    'application/octet-stream',
  ])('leaves a body of %s as it is, also where it looks like text', (contentType) => {
    for (const text of ['12', 'abc', '"abc"', '{"a":1}', '\x06foo']) {
      expect(received(bytes(text), contentType)).toEqual(bytes(text));
    }
  });

  it.each([
    ['text/plain; charset=iso-8859-1', Buffer.from([0x63, 0x61, 0x66, 0xe9]), 'café'],
    ['text/plain; charset="UTF-16LE"', Buffer.from('café', 'utf16le'), 'café'],
    ['application/json;charset=utf-16', Buffer.from('\ufeff{"a":1}', 'utf16le'), { a: 1 }],
    ['application/xml; charset=windows-1251', Buffer.from([0xc0]), 'А'],
    ['text/plain; Charset=us-ascii', bytes('abc'), 'abc'],
  ])('reads %s by its charset', (contentType, body, expected) => {
    expect(received(body, contentType)).toEqual(expected);
  });

  it('leaves a body of an unknown charset as it is', () => {
    expect(received(bytes('abc'), 'text/plain; charset=x-unknown')).toEqual(bytes('abc'));
  });

  it('leaves XML that says its encoding itself as it is', () => {
    const body = Buffer.from('<?xml version="1.0" encoding="iso-8859-1"?><a>\xe9</a>', 'latin1');
    expect(received(body, 'text/xml')).toEqual(body);
  });

  it('leaves an encoded body to the handler, and takes a charset for no encoding', () => {
    const encoded = (contentEncoding: string): unknown =>
      decode({
        body: bytes('{"a":1}'),
        contentType: 'application/json',
        _rawAmqpMessage: { bodyType: 'data', properties: { contentEncoding } },
      } as unknown as ServiceBusReceivedMessage);
    expect(encoded('gzip')).toEqual(bytes('{"a":1}'));
    expect(encoded('utf-8')).toEqual({ a: 1 });
  });

  it('leaves values and sequences of AMQP as they are', () => {
    expect(received(7, undefined, 'value')).toBe(7);
    expect(received([1, 2], undefined, 'sequence')).toEqual([1, 2]);
  });

  it.each([
    ['cut short', bytes('{"a":'), 'application/json', /not valid JSON/],
    ['empty', bytes(''), 'application/json', /not valid JSON/],
    ['not UTF-8, as JSON', Buffer.from([0xff]), 'application/json', /not valid UTF-8/],
    ['not UTF-8, as text', Buffer.from([0xff]), 'text/plain', /not valid UTF-8/],
    ['not of its charset', Buffer.from([0xff]), 'text/plain; charset=euc-kr', /not valid euc-kr/],
    ['with __proto__', bytes('{"__proto__":{"a":1}}'), undefined, /__proto__/],
    ['with __proto__ in disguise', bytes('{"\\u005f_proto__":{"a":1}}'), undefined, /__proto__/],
    ['with constructor.prototype', bytes('{"constructor":{"prototype":{}}}'), undefined, /constructor/],
    ['too deep', bytes(`${'['.repeat(300)}${']'.repeat(300)}`), undefined, /nested/],
  ])('refuses a body that is %s', (_what, body, contentType, description) => {
    expect(() => received(body, contentType)).toThrow(UndecodableMessageException);
    expect(() => received(body, contentType)).toThrow(description);
  });

  it('takes brackets inside strings for what they are', () => {
    const text = JSON.stringify({ a: '['.repeat(1_000), b: 'quote " and backslash \\' });
    expect(received(bytes(text))).toEqual(JSON.parse(text));
  });

  it('keeps the body out of what it says about it', () => {
    const attempt = (): unknown => received(bytes('{"password":"secret" x}'), 'application/json');
    expect(attempt).toThrow(UndecodableMessageException);
    expect(attempt).not.toThrow(/secret/);
  });
});
