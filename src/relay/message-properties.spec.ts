import { describe, it, expect } from '@jest/globals';

import {
  type MessageProperties,
  MessagePropertiesError,
  readMessageProperties,
} from './message-properties.js';

const ofBroker = (header: unknown): MessageProperties =>
  readMessageProperties({ brokerproperties: JSON.stringify(header) }, []);

describe('readMessageProperties', () => {
  it('reads every property that the REST API sets', () => {
    expect(
      ofBroker({
        MessageId: 'm1',
        SessionId: 's1',
        PartitionKey: 's1',
        ReplyToSessionId: 's2',
        CorrelationId: 'c1',
        Label: 'greeting',
        To: 'there',
        ReplyTo: 'answers',
        TimeToLive: 1.5,
        ScheduledEnqueueTimeUtc: 'Wed, 02 Jul 2036 01:32:27 GMT',
      }),
    ).toEqual({
      messageId: 'm1',
      sessionId: 's1',
      partitionKey: 's1',
      replyToSessionId: 's2',
      correlationId: 'c1',
      subject: 'greeting',
      to: 'there',
      replyTo: 'answers',
      timeToLive: 1500,
      scheduledEnqueueTimeUtc: new Date('2036-07-02T01:32:27Z'),
    });
  });

  it('sets nothing without headers', () => {
    expect(readMessageProperties({}, ['Accept', '*/*', 'x-property-', 'no name'])).toEqual({});
  });

  it('keeps the content type', () => {
    expect(readMessageProperties({ 'content-type': 'text/plain; charset=utf-8' }, [])).toEqual({
      contentType: 'text/plain; charset=utf-8',
    });
  });

  it('reads custom properties in the case they were sent in', () => {
    const raw = ['X-Property-Colour', 'red', 'x-property-__proto__', 'odd', 'Host', 'here'];
    const { applicationProperties } = readMessageProperties({}, raw);
    expect(Object.entries(applicationProperties ?? {})).toEqual([
      ['Colour', 'red'],
      ['__proto__', 'odd'],
    ]);
  });

  it('reads UTF-8 in headers', () => {
    const asNodeGivesIt = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');
    const headers = { brokerproperties: asNodeGivesIt('{"Label":"grüße"}') };
    expect(readMessageProperties(headers, ['x-property-city', asNodeGivesIt('東京')])).toEqual({
      subject: 'grüße',
      applicationProperties: { city: '東京' },
    });
  });

  it.each([
    '2036-07-02T01:32:27',
    '2036-07-02T01:32:27Z',
    '2036-07-02T03:32:27+02:00',
    'Wed, 02 Jul 2036 01:32:27',
  ])('takes a time without a zone as UTC: %s', (time) => {
    expect(ofBroker({ ScheduledEnqueueTimeUtc: time })).toEqual({
      scheduledEnqueueTimeUtc: new Date('2036-07-02T01:32:27Z'),
    });
  });

  it('takes the longest time to live that AMQP can tell for any longer one', () => {
    expect(ofBroker({ TimeToLive: 1e12 })).toEqual({ timeToLive: 0xffff_ffff });
  });

  it.each([
    ['is not a JSON object', []],
    ['is not a JSON object', null],
    ['has no property "messageId"; it may have MessageId, ', { messageId: 'm1' }],
    ['has no property "toString"', { toString: 'm1' }],
    ['has a MessageId that is not 1 to 128 characters long', { MessageId: '' }],
    ['has a SessionId that is not 1 to 128 characters long', { SessionId: 's'.repeat(129) }],
    ['has a MessageId that is not 1 to 128 characters long, control', { MessageId: 'a\nb' }],
    ['has a Label that is not a string', { Label: 5 }],
    ['has a TimeToLive that is not a number of seconds above 0', { TimeToLive: '60' }],
    ['has a TimeToLive that is not a number of seconds above 0', { TimeToLive: 0 }],
    ['has a ScheduledEnqueueTimeUtc that is not a date', { ScheduledEnqueueTimeUtc: 'tomorrow' }],
    ['has a PartitionKey that differs from its SessionId', { SessionId: 'a', PartitionKey: 'b' }],
  ])('refuses a header that %s', (problem, header) => {
    expect(() => ofBroker(header)).toThrow(MessagePropertiesError);
    expect(() => ofBroker(header)).toThrow(problem);
  });

  it('refuses a header that is not JSON', () => {
    expect(() => readMessageProperties({ brokerproperties: '{MessageId: 1}' }, [])).toThrow('is not JSON');
  });
});
