import { type ServiceBusReceivedMessage } from '@azure/service-bus';
import { describe, expect, it } from '@jest/globals';

import { outputMessage, outputMessageId } from './output-message.js';

const input = (fields: object): ServiceBusReceivedMessage => fields as ServiceBusReceivedMessage;
const idOf = (fields: object, index = 0): string =>
  outputMessageId(input(fields), 'orders-in', 'orders', index);

describe('the id of an output message', () => {
  it('is made of the input, the pattern and the index of the result', () => {
    expect(idOf({ messageId: 'm1' })).toBe('m1:orders');
    expect(idOf({ messageId: 'm1' }, 2)).toBe('m1:orders:2');
    expect(idOf({ messageId: 12 })).toBe('12:orders');
    expect(idOf({ messageId: Buffer.from([1, 255]) })).toBe('01ff:orders');
  });

  it('is made of the sequence number and the time for an input without an id: a new queue counts anew', () => {
    const [before, after] = [0, 1].map((day) => new Date(Date.UTC(2030, 0, 1 + day)));
    const sequenceNumber = { toString: () => '42' };
    expect(idOf({ sequenceNumber, enqueuedTimeUtc: before })).toBe('orders-in#42@1893456000000:orders');
    expect(idOf({ sequenceNumber, enqueuedTimeUtc: after })).toBe('orders-in#42@1893542400000:orders');
  });

  it('is that of the original for a copy that was sent for a retry', () => {
    expect(idOf({ messageId: 'copy', applicationProperties: { 'original-message-id': 'm1' } })).toBe(
      'm1:orders',
    );
  });

  it('never exceeds what the broker takes, and stays distinct', () => {
    const long = 'x'.repeat(128);
    expect(idOf({ messageId: long })).toHaveLength(64);
    expect(idOf({ messageId: long })).toBe(idOf({ messageId: long }));
    expect(idOf({ messageId: long }, 1)).not.toBe(idOf({ messageId: long }));
  });
});

describe('an output message', () => {
  it('stays in the session of its input, unless the input asks for another', () => {
    expect(outputMessage(1, input({ sessionId: 's1' }), 'q', 'p', 0).sessionId).toBe('s1');
    const asking = input({ sessionId: 's1', replyToSessionId: 's2' });
    expect(outputMessage(1, asking, 'q', 'p', 0).sessionId).toBe('s2');
    expect(outputMessage(1, input({}), 'q', 'p', 0)).not.toHaveProperty('sessionId');
  });
});
