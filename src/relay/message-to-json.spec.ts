import { describe, it, expect } from '@jest/globals';
import Long from 'long';

import { bodyToJson, messageToJson } from './message-to-json.js';
import { type ReceivedMessage } from './received-message.js';

function message(body: Buffer | string, properties: Partial<ReceivedMessage> = {}): ReceivedMessage {
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(body, 'utf8');
  const _rawAmqpMessage = { body: { typecode: 117, content: bytes }, bodyType: 'data' as const };
  return { body: bytes, _rawAmqpMessage, state: 'active', ...properties };
}

function typed(body: unknown, bodyType: 'value' | 'sequence'): ReceivedMessage {
  return { body, _rawAmqpMessage: { body, bodyType }, state: 'active' };
}

const NOT_TEXT = Buffer.from([0xff, 0xfe, 0x00]);

describe('bodyToJson', () => {
  it.each([
    ['text in JSON quotes, as the SDK sends it', '"Hello world!"', undefined, '"Hello world!"'],
    ['text without quotes, as others send it', 'Hello "world"!', undefined, '"Hello \\"world\\"!"'],
    ['an object', ' {"a": 1.0} ', undefined, '{"a": 1.0}'],
    ['an integer that is too long for JavaScript', '12345678901234567890', undefined, '12345678901234567890'],
    ['nothing', '', undefined, '""'],
    ['declared JSON', '[1]', 'application/json; charset=utf-8', '[1]'],
    ['declared JSON that is none', '[1', 'application/json', '"[1"'],
    ['declared text that looks like a number', '0042', 'text/plain', '"0042"'],
    ['declared text that is a number', '42', 'text/plain', '"42"'],
    ['declared text in JSON quotes', '"42"', 'text/plain', '"42"'],
    ['declared bytes that are text', '42', 'application/octet-stream', '"42"'],
    ['a byte order mark', '\ufeff{}', 'application/json', '"\ufeff{}"'],
  ])('renders %s', (_what, body, contentType, json) => {
    expect(bodyToJson(message(body, { contentType }))).toBe(json);
  });

  it('renders bytes that are no text in Base64', () => {
    expect(bodyToJson(message(NOT_TEXT))).toBe('"//4A"');
  });

  it('passes on JSON that is nested too deep for a recursive writer', () => {
    const deep = '['.repeat(200_000) + ']'.repeat(200_000);
    expect(bodyToJson(message(deep)) === deep).toBe(true);
  });

  it('renders what AMQP has typed', () => {
    expect(bodyToJson(typed('Hello', 'value'))).toBe('"Hello"');
    expect(bodyToJson(typed(null, 'value'))).toBe('null');
    expect(bodyToJson(typed([1, 'a', NOT_TEXT], 'sequence'))).toBe('[1,"a","//4A"]');
    expect(bodyToJson(typed(2n ** 63n, 'value'))).toBe('"9223372036854775808"');
    expect(bodyToJson(typed({ a: [2n ** 53n] }, 'value'))).toBe('{"a":["9007199254740992"]}');
    expect(bodyToJson(typed(new Map([[1, NOT_TEXT]]), 'value'))).toBe('[[1,"//4A"]]');
  });

  it('joins data that comes in several sections', () => {
    const parts = [Buffer.from('Hel'), Buffer.from('lo')];
    const several = {
      ...message(''),
      _rawAmqpMessage: { body: { content: parts }, bodyType: 'data' as const },
    };
    expect(bodyToJson(several)).toBe('"Hello"');
  });
});

describe('messageToJson', () => {
  it('has the properties under the SDK’s names', () => {
    const json = messageToJson(
      message('"Hello"', {
        messageId: 'm1',
        subject: 'greeting',
        timeToLive: 60_000,
        deliveryCount: 2,
        sequenceNumber: Long.fromString('9007199254740993'),
        enqueuedTimeUtc: new Date(0),
        applicationProperties: { colour: 'red', size: 5, on: true, at: new Date(0) },
      }),
    );
    expect(JSON.parse(json)).toEqual({
      body: 'Hello',
      messageId: 'm1',
      subject: 'greeting',
      timeToLive: 60_000,
      deliveryCount: 2,
      state: 'active',
      sequenceNumber: '9007199254740993',
      enqueuedTimeUtc: '1970-01-01T00:00:00.000Z',
      applicationProperties: {
        colour: 'red',
        size: 5,
        on: true,
        at: '1970-01-01T00:00:00.000Z',
      },
    });
  });

  it('shows when a message expires, if it does', () => {
    const expiresAtUtc = new Date('2036-07-02T01:32:27Z');
    expect(JSON.parse(messageToJson(message('', { expiresAtUtc })))).toMatchObject({
      expiresAtUtc: '2036-07-02T01:32:27.000Z',
    });
    const never = { expiresAtUtc: new Date('+031197-09-14T02:48:05.477Z') };
    expect(JSON.parse(messageToJson(message('', never)))).not.toHaveProperty('expiresAtUtc');
  });
});
