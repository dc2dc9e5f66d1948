import { describe, expect, it } from '@jest/globals';
import { type PropertyValue, type ReadableSystemProperty } from '@nestjs-service-bus/rule-filter';

import { type MessageContent } from '../queue/message-content.js';
import { type BrokerProperties, ArrivedMessage } from './arrived-message.js';

function content(parts: Partial<MessageContent> = {}): MessageContent {
  return {
    size: 99,
    headerSize: 0,
    largestPropertySize: 0,
    messageId: 'm',
    sessionId: undefined,
    partitionKey: undefined,
    timeToLiveMs: undefined,
    scheduledEnqueueTimeMs: undefined,
    systemProperty: (name) => `the ${name}`,
    applicationProperty: (name) => (name === 'color' ? 'blue' : null),
    withProperties: () => content(parts),
    ...parts,
  };
}

describe('a message as rules see it', () => {
  it.each<[ReadableSystemProperty, Partial<MessageContent>, BrokerProperties, PropertyValue]>([
    ['ContentType', {}, {}, 'the ContentType'],
    ['CorrelationId', {}, {}, 'the CorrelationId'],
    ['Label', {}, {}, 'the Label'],
    ['MessageId', {}, {}, 'the MessageId'],
    ['ReplyTo', {}, {}, 'the ReplyTo'],
    ['ReplyToSessionId', {}, {}, 'the ReplyToSessionId'],
    ['SessionId', {}, {}, 'the SessionId'],
    ['To', {}, {}, 'the To'],
    ['Size', {}, {}, 99],
    ['PartitionKey', {}, {}, null],
    ['PartitionKey', { partitionKey: 'k' }, {}, 'k'],
    ['TimeToLive', {}, {}, null],
    ['TimeToLive', { timeToLiveMs: 5000 }, {}, 5000],
    ['ScheduledEnqueueTimeUtc', {}, {}, null],
    ['ScheduledEnqueueTimeUtc', { scheduledEnqueueTimeMs: 0 }, {}, new Date(0)],
    ['DeliveryCount', {}, {}, null],
    ['DeliveryCount', {}, { deliveryCount: 0 }, 0],
    ['SequenceNumber', {}, { sequenceNumber: 2n ** 60n }, 2n ** 60n],
    ['EnqueuedSequenceNumber', {}, { enqueuedSequenceNumber: 4 }, 4],
    ['EnqueuedTimeUtc', {}, {}, null],
    ['EnqueuedTimeUtc', {}, { enqueuedTimeMs: 7 }, new Date(7)],
    ['ExpiresAtUtc', { timeToLiveMs: 5 }, {}, null],
    ['ExpiresAtUtc', {}, { enqueuedTimeMs: 7 }, null],
    ['ExpiresAtUtc', { timeToLiveMs: 5 }, { enqueuedTimeMs: 7 }, new Date(12)],
    ['LockedUntilUtc', {}, {}, null],
  ])('has for %s of %p and %p %p', (name, parts, broker, expected) => {
    expect(new ArrivedMessage(content(parts), broker).systemProperty(name)).toEqual(expected);
  });

  it('passes application properties through', () => {
    expect(new ArrivedMessage(content()).applicationProperty('color')).toBe('blue');
    expect(new ArrivedMessage(content()).applicationProperty('size')).toBeNull();
  });
});
