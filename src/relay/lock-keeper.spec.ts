import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';

import { LockKeeper } from './lock-keeper.js';
import { type ReceivedMessage } from './received-message.js';

const LOCK_MS = 60_000;

class BrokerError extends Error {
  override readonly name = 'ServiceBusError';

  constructor(readonly code: string) {
    super(code);
  }
}

function locked(messageId?: string): ReceivedMessage {
  const lockedUntilUtc = new Date(Date.now() + LOCK_MS);
  return { body: '', _rawAmqpMessage: { body: '' }, state: 'active', messageId, lockedUntilUtc };
}

describe('LockKeeper', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  const renew = jest.fn<(message: ReceivedMessage) => Promise<Date>>();
  const lost = jest.fn<(message: ReceivedMessage) => void>();
  let keeper: LockKeeper;

  beforeEach(() => {
    renew.mockReset().mockImplementation(() => Promise.resolve(new Date(Date.now() + LOCK_MS)));
    lost.mockReset();
    keeper = new LockKeeper(renew, lost);
  });

  it('renews each message, again and again, also two with the same id and one without', async () => {
    for (const id of ['m1', 'm1', undefined]) keeper.keep(locked(id));
    await jest.advanceTimersByTimeAsync(3 * LOCK_MS);
    expect(renew).toHaveBeenCalledTimes(3 * 6);
    expect(lost).not.toHaveBeenCalled();
  });

  it('tries again when a renewal fails, within the lock', async () => {
    renew.mockRejectedValueOnce(new BrokerError('ServiceCommunicationProblem'));
    keeper.keep(locked());
    await jest.advanceTimersByTimeAsync(LOCK_MS / 2 + 1_500);
    expect(renew).toHaveBeenCalledTimes(2);
    expect(lost).not.toHaveBeenCalled();
  });

  it('gives up when the broker says that the lock is lost', async () => {
    renew.mockRejectedValueOnce(new BrokerError('MessageLockLost'));
    const message = locked();
    keeper.keep(message);
    await jest.advanceTimersByTimeAsync(3 * LOCK_MS);
    expect(lost.mock.calls).toEqual([[message]]);
    expect(renew).toHaveBeenCalledTimes(1);
  });

  it('gives up when the lock’s time is over', async () => {
    renew.mockRejectedValue(new BrokerError('ServiceTimeout'));
    keeper.keep(locked());
    await jest.advanceTimersByTimeAsync(LOCK_MS - 1);
    expect(lost).not.toHaveBeenCalled();
    await jest.advanceTimersByTimeAsync(2_000);
    expect(lost).toHaveBeenCalledTimes(1);
  });

  it('renews nothing after its stop, not even when an answer was on its way', async () => {
    const answers: ((until: Date) => void)[] = [];
    renew.mockImplementationOnce(() => new Promise((resolve) => answers.push(resolve)));
    keeper.keep(locked());
    keeper.keep(locked());
    await jest.advanceTimersByTimeAsync(LOCK_MS / 2);
    keeper.stop();
    answers[0]?.(new Date(Date.now() + LOCK_MS));
    await jest.advanceTimersByTimeAsync(3 * LOCK_MS);
    expect(renew).toHaveBeenCalledTimes(2);
    expect(jest.getTimerCount()).toBe(0);
  });
});
