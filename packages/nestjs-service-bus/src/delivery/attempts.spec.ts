import { type ServiceBusReceivedMessage } from '@azure/service-bus';
import { describe, expect, it } from '@jest/globals';

import { attemptOf, recordAttempts } from './attempts.js';

function delivery(deliveryCount: number, applicationProperties?: object): ServiceBusReceivedMessage {
  return { deliveryCount, applicationProperties } as ServiceBusReceivedMessage;
}

describe('attempts', () => {
  it('are the deliveries when nothing is noted', () => {
    expect(attemptOf(delivery(0))).toBe(1);
    expect(attemptOf(delivery(3))).toBe(4);
  });

  it('go on from what the last abandon noted', () => {
    const first = delivery(0);
    const second = delivery(1, recordAttempts(first, 1));
    expect(attemptOf(second)).toBe(2);
    expect(attemptOf(delivery(2, recordAttempts(second, 2)))).toBe(3);
  });

  it('do not count a delivery that was given back untried', () => {
    const untried = delivery(0);
    expect(attemptOf(delivery(1, recordAttempts(untried, attemptOf(untried) - 1)))).toBe(1);
  });

  it('count deliveries that ended without a note', () => {
    const noted = recordAttempts(delivery(1), 2);
    expect(attemptOf(delivery(2, noted))).toBe(3);
    expect(attemptOf(delivery(4, noted))).toBe(5);
  });

  it('start anew for a message that was sent again with the note of its former life', () => {
    expect(attemptOf(delivery(0, recordAttempts(delivery(4), 5)))).toBe(1);
  });

  it('take no note of properties that are not ours in kind', () => {
    expect(attemptOf(delivery(1, { 'retry-attempts': 'many', 'retry-delivery-count': 0 }))).toBe(2);
  });
});
