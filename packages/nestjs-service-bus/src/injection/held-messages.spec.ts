import { type ServiceBusReceivedMessage } from '@azure/service-bus';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';

import { HeldMessages, type SettlingReceiver } from './held-messages.js';

const LOCK_MS = 60_000;

class BrokerError extends Error {
  override readonly name = 'ServiceBusError';

  constructor(readonly code: string) {
    super(code);
  }
}

function locked(messageId?: string): ServiceBusReceivedMessage {
  const enqueuedTimeUtc = new Date();
  const lockedUntilUtc = new Date(Date.now() + LOCK_MS);
  return {
    body: '',
    _rawAmqpMessage: { body: '' },
    state: 'active',
    messageId,
    enqueuedTimeUtc,
    lockedUntilUtc,
  };
}

describe('HeldMessages', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  const renew = jest.fn<(message: ServiceBusReceivedMessage) => Promise<Date>>();
  const lost = jest.fn<(message: ServiceBusReceivedMessage) => void>();
  let held: HeldMessages;

  beforeEach(() => {
    renew.mockReset().mockImplementation(() => Promise.resolve(new Date(Date.now() + LOCK_MS)));
    lost.mockReset();
    const receiver = { renewMessageLock: renew } as Partial<SettlingReceiver> as SettlingReceiver;
    held = new HeldMessages(receiver, { onLockLost: lost });
  });

  it('renews each message, again and again, also two with the same id and one without', async () => {
    const messages = ['m1', 'm1', undefined].map((id) => locked(id));
    for (const message of messages) held.hold(message);
    await jest.advanceTimersByTimeAsync(3 * LOCK_MS);
    for (const message of messages) {
      const renewals = renew.mock.calls.filter(([renewed]) => renewed === message).length;
      // At about half of a lock's life.
      expect(renewals).toBeGreaterThanOrEqual(5);
      expect(renewals).toBeLessThanOrEqual(7);
    }
    expect([...held]).toEqual(messages);
    expect(lost).not.toHaveBeenCalled();
  });

  it('tries again when a renewal fails, within the lock', async () => {
    renew.mockRejectedValueOnce(new BrokerError('ServiceCommunicationProblem'));
    held.hold(locked());
    await jest.advanceTimersByTimeAsync(LOCK_MS * 0.55 + 1_500);
    expect(renew).toHaveBeenCalledTimes(2);
    expect(lost).not.toHaveBeenCalled();
  });

  it('gives up when the broker says that the lock is lost', async () => {
    renew.mockRejectedValueOnce(new BrokerError('MessageLockLost'));
    const message = locked();
    held.hold(message);
    await jest.advanceTimersByTimeAsync(3 * LOCK_MS);
    expect(lost.mock.calls).toEqual([[message]]);
    expect(renew).toHaveBeenCalledTimes(1);
  });

  it('gives up when the lock’s time is over', async () => {
    renew.mockRejectedValue(new BrokerError('ServiceTimeout'));
    held.hold(locked());
    await jest.advanceTimersByTimeAsync(LOCK_MS - 1);
    expect(lost).not.toHaveBeenCalled();
    await jest.advanceTimersByTimeAsync(2_000);
    expect(lost).toHaveBeenCalledTimes(1);
  });

  it('renews nothing once it is released, not even when an answer was on its way', async () => {
    const answers: ((until: Date) => void)[] = [];
    renew.mockImplementation(() => new Promise((resolve) => answers.push(resolve)));
    held.hold(locked());
    held.hold(locked());
    await jest.advanceTimersByTimeAsync(LOCK_MS * 0.56);
    expect(renew).toHaveBeenCalledTimes(2);
    held.releaseAll();
    for (const answer of answers) answer(new Date(Date.now() + LOCK_MS));
    await jest.advanceTimersByTimeAsync(3 * LOCK_MS);
    expect(renew).toHaveBeenCalledTimes(2);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('lets a message go when its time is over', async () => {
    held = new HeldMessages({ renewMessageLock: renew } as Partial<SettlingReceiver> as SettlingReceiver, {
      maxRenewalMs: 2 * LOCK_MS,
      onLockLost: lost,
    });
    held.hold(locked());
    await jest.advanceTimersByTimeAsync(5 * LOCK_MS);
    expect(renew.mock.calls.length).toBeLessThanOrEqual(6);
    expect([held.size, lost.mock.calls.length]).toEqual([0, 0]);
  });
});
