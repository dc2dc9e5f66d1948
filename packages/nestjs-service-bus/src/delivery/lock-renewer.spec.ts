import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';

import { type Clock } from '../time/clock.js';
import { LockRenewer, type RenewableLock } from './lock-renewer.js';

const LOCK_MS = 30_000;
const SHORT_LOCK_MS = 5_000;

const LOCK_LOST = { name: 'ServiceBusError', code: 'MessageLockLost' };

class TestLock implements RenewableLock {
  renewAtMs = 0;
  lockEndsAtMs = 0;
  isRenewing = false;
  inDoubt: Promise<void> | undefined = undefined;
  lockedUntilUtc: Date;
  lostWith: unknown[] = [];
  refusals = 0;
  readonly renew = jest.fn<() => Promise<Date>>();

  readonly enqueuedTimeUtc: Date;

  constructor(lockedUntilMs: number, enqueuedAtMs: number) {
    this.lockedUntilUtc = new Date(lockedUntilMs);
    this.enqueuedTimeUtc = new Date(enqueuedAtMs);
  }

  lose(cause?: unknown): void {
    this.lostWith.push(cause);
  }
}

describe('LockRenewer', () => {
  let random = 0.5;
  let skewMs = 0;
  const clock: Clock = { now: () => Date.now(), wallTime: () => Date.now() + skewMs, random: () => random };
  let renewer: LockRenewer;
  const hold = (ageMs = 0): TestLock => {
    const lock = new TestLock(Date.now() + LOCK_MS, Date.now() - ageMs);
    lock.renew.mockImplementation(() => Promise.resolve(new Date(Date.now() + LOCK_MS)));
    renewer.add(lock);
    return lock;
  };
  /** Refuses, as the broker does, what comes after the lock's end. */
  const holdShort = (ageMs: number): TestLock => {
    let endsAtMs = Date.now() + SHORT_LOCK_MS;
    const lock = new TestLock(endsAtMs, Date.now() - ageMs);
    lock.renew.mockImplementation(() => {
      if (Date.now() >= endsAtMs) lock.refusals++;
      endsAtMs = Date.now() + SHORT_LOCK_MS;
      return Promise.resolve(new Date(endsAtMs));
    });
    renewer.add(lock);
    return lock;
  };
  const pass = (ms: number): Promise<void> => jest.advanceTimersByTimeAsync(ms);

  beforeEach(() => {
    jest.useFakeTimers();
    random = 0.5;
    skewMs = 0;
    renewer = new LockRenewer(clock);
  });

  afterEach(() => {
    renewer.close();
    jest.useRealTimers();
  });

  it('renews at half the life of a lock, again and again', async () => {
    const lock = hold();
    await pass(14_900);
    expect(lock.renew).not.toHaveBeenCalled();
    await pass(200);
    expect(lock.renew).toHaveBeenCalledTimes(1);
    await pass(15_000);
    expect(lock.renew).toHaveBeenCalledTimes(2);
    expect(lock.lostWith).toEqual([]);
  });

  it('spreads renewals by 10 % to either side', async () => {
    random = 0;
    const early = hold();
    random = 0.999;
    const late = hold();
    await pass(13_600);
    expect([early.renew.mock.calls.length, late.renew.mock.calls.length]).toEqual([1, 0]);
    await pass(3_000);
    expect(late.renew).toHaveBeenCalledTimes(1);
  });

  it('renews no lock that is settled', async () => {
    const lock = hold();
    renewer.remove(lock);
    await pass(2 * LOCK_MS);
    expect(lock.renew).not.toHaveBeenCalled();
    expect(lock.lostWith).toEqual([]);
  });

  it('tries a failed renewal again, and keeps the lock when one gets through', async () => {
    const lock = hold();
    lock.renew.mockRejectedValueOnce(new Error('away')).mockRejectedValueOnce(new Error('away'));
    await pass(18_000);
    expect(lock.renew).toHaveBeenCalledTimes(3);
    await pass(LOCK_MS / 3);
    expect(lock.lostWith).toEqual([]);
  });

  it('gives a lock up at its end when no renewal gets through, even one without an answer', async () => {
    const refused = hold();
    refused.renew.mockRejectedValue(new Error('away'));
    const unanswered = hold();
    unanswered.renew.mockImplementation(() => new Promise(() => undefined));
    await pass(LOCK_MS - 100);
    expect([refused.lostWith, unanswered.lostWith]).toEqual([[], []]);
    await pass(300);
    expect([refused.lostWith.length, unanswered.lostWith.length]).toEqual([1, 1]);
    expect(unanswered.renew).toHaveBeenCalledTimes(1);
    expect(renewer.size).toBe(0);
  });

  it('gives a session up at the end of its lock, which its first message tells', async () => {
    // On its way, it has lost some milliseconds: it may be one of five minutes, were our clock wrong.
    const session = new TestLock(Date.now() + SHORT_LOCK_MS - 100, 0);
    session.renew.mockImplementation(() => new Promise(() => undefined));
    renewer.add(Object.assign(session, { enqueuedTimeUtc: undefined }));
    await pass(300);
    renewer.heardEnqueued(new Date(Date.now() - 10));
    await pass(4_550);
    expect(session.lostWith).toEqual([]);
    await pass(100);
    expect(session.lostWith).toEqual([undefined]);
  });

  it('gives a lock up when the broker says that it is lost', async () => {
    const lock = hold();
    const lost = Object.assign(new Error('lost'), { name: 'ServiceBusError', code: 'MessageLockLost' });
    lock.renew.mockRejectedValue(lost);
    await pass(15_100);
    expect(lock.lostWith).toEqual([lost]);
    expect(lock.renew).toHaveBeenCalledTimes(1);
  });

  it('waits for two seconds at least when the broker throttles, as long as the lock lasts', async () => {
    const busy = Object.assign(new Error('busy'), { name: 'ServiceBusError', code: 'ServiceBusy' });
    const lock = hold();
    lock.renew.mockRejectedValue(busy);
    await pass(15_100);
    expect(lock.renew).toHaveBeenCalledTimes(1);
    await pass(1_950);
    expect(lock.renew).toHaveBeenCalledTimes(1);
    await pass(1_100);
    expect(lock.renew).toHaveBeenCalledTimes(2);
    await pass(LOCK_MS);
    expect(lock.lostWith).toHaveLength(1);
    expect(lock.renew.mock.calls.length).toBeLessThan(20);
  });

  it('checks a lock at once when asked', async () => {
    const lock = hold();
    renewer.check(lock);
    await pass(1);
    expect(lock.renew).toHaveBeenCalledTimes(1);
  });

  it('asks about a lock that was over when it came, before anything is done under it', async () => {
    hold();
    const late = new TestLock(Date.now() - 1_000, Date.now() - LOCK_MS);
    let answer = (_lockedUntil: Date): void => undefined;
    late.renew.mockImplementation(() => new Promise((resolve) => (answer = resolve)));
    renewer.add(late);
    const seen: string[] = [];
    void late.inDoubt?.then(() => seen.push('in no doubt'));
    await pass(500);
    expect(late.renew).toHaveBeenCalledTimes(1);
    expect(seen).toEqual([]);
    answer(new Date(Date.now() + LOCK_MS));
    await pass(0);
    expect([seen, late.inDoubt, late.lostWith]).toEqual([['in no doubt'], undefined, []]);
  });

  it.each([
    ['the broker says so', () => Promise.reject(Object.assign(new Error(), LOCK_LOST))],
    ['the broker does not answer', () => new Promise<Date>(() => undefined)],
  ])('gives a lock up that was over when it came, if %s', async (_how, renew) => {
    hold();
    const late = new TestLock(Date.now() - 1_000, Date.now() - LOCK_MS);
    late.renew.mockImplementation(renew);
    renewer.add(late);
    const { inDoubt } = late;
    await pass(1_100);
    await inDoubt;
    expect(late.lostWith).toHaveLength(1);
    expect(late.renew).toHaveBeenCalledTimes(1);
  });

  it('leaves nobody in doubt about a lock that it does not keep any more', async () => {
    hold();
    const locks = [1, 2].map(() => new TestLock(Date.now() - 1_000, Date.now() - LOCK_MS));
    for (const lock of locks) renewer.add(lock);
    const doubts = Promise.all(locks.map(({ inDoubt }) => inDoubt ?? Promise.reject(new Error('no doubt'))));
    if (locks[0]) renewer.remove(locks[0]);
    renewer.close();
    await expect(doubts).resolves.toHaveLength(2);
  });

  it('renews as often as the shortest locks need it, until both clocks are known to agree', async () => {
    const old = hold(60_000);
    await pass(2_600);
    expect(old.renew).toHaveBeenCalledTimes(1);
    hold();
    await pass(12_000);
    // The renewal that was planned before; from then on at half of the lock's life.
    expect(old.renew).toHaveBeenCalledTimes(2);
  });

  const HOUR_MS = 3_600_000;
  describe.each([
    ['20 s behind', -20_000],
    ['an hour behind', -HOUR_MS],
    ['an hour ahead of', HOUR_MS],
    ['a lock’s length ahead of', 4_990],
  ])("with a clock that is %s the broker's", (_how, skew) => {
    beforeEach(() => {
      skewMs = skew;
    });

    it.each([
      ['fresh', 0],
      ['old', 12_000],
      ['very old', HOUR_MS],
    ])('keeps the locks of %s messages, and hurries none', async (_age, ageMs) => {
      const locks = Array.from({ length: 3 }, () => holdShort(ageMs));
      await pass(60_000);
      for (const lock of locks) {
        expect(lock.refusals).toBe(0);
        expect(lock.lostWith).toEqual([]);
        expect(lock.renew.mock.calls.length).toBeLessThanOrEqual(250);
      }
    });

    it('gives a lock up at its end when no renewal gets through', async () => {
      const lock = hold();
      lock.renew.mockRejectedValue(new Error('away'));
      await pass(LOCK_MS + 300);
      expect(lock.lostWith).toHaveLength(1);
    });
  });
});
