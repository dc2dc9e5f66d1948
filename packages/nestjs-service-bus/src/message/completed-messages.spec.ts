import { type ServiceBusReceivedMessage } from '@azure/service-bus';
import { describe, expect, it } from '@jest/globals';

import { CompletedMessages } from './completed-messages.js';

const message = (sequenceNumber: number, messageId?: string, enqueuedAtMs = 0): ServiceBusReceivedMessage =>
  ({
    sequenceNumber,
    messageId,
    enqueuedTimeUtc: new Date(enqueuedAtMs),
  }) as unknown as ServiceBusReceivedMessage;

describe('CompletedMessages', () => {
  it('knows a message by sequence number, id and time: others are others', () => {
    const completed = new CompletedMessages();
    completed.add(message(1, 'a'));
    expect(completed.has(message(1, 'a'))).toBe(true);
    expect(completed.has(message(2, 'a'))).toBe(false);
    expect(completed.has(message(1, 'b'))).toBe(false);
    expect(completed.has(message(1))).toBe(false);
    expect(completed.has(message(1, 'a', 1))).toBe(false);
  });

  it('forgets what is completed', () => {
    const completed = new CompletedMessages();
    completed.add(message(1));
    completed.delete(message(1));
    expect(completed.has(message(1))).toBe(false);
    expect(completed.size).toBe(0);
  });

  it('is bounded: what was noted longest ago goes first', () => {
    const completed = new CompletedMessages(2);
    completed.add(message(1));
    completed.add(message(2));
    completed.add(message(1));
    completed.add(message(3));
    expect([1, 2, 3].map((number) => completed.has(message(number)))).toEqual([true, false, true]);
  });
});
