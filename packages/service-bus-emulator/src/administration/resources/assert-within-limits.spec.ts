import { describe, expect, it } from '@jest/globals';

import { assertWithinLimits } from './assert-within-limits.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const DAY = 24 * 60 * MINUTE;

describe('assertWithinLimits', () => {
  it.each([
    { lockDurationMs: 5 * SECOND },
    { lockDurationMs: 5 * MINUTE },
    { defaultMessageTimeToLiveMs: SECOND },
    { defaultMessageTimeToLiveMs: Infinity },
    { duplicateDetectionHistoryTimeWindowMs: 20 * SECOND },
    { duplicateDetectionHistoryTimeWindowMs: 7 * DAY },
    { autoDeleteOnIdleMs: 5 * MINUTE },
    { autoDeleteOnIdleMs: Infinity },
    { maxDeliveryCount: 1 },
    { maxDeliveryCount: 2_147_483_647 },
    { maxMessageSizeInKilobytes: 256 },
    { maxSizeInMegabytes: 5_120 },
    { userMetadata: 'x'.repeat(1_024) },
  ])('takes %j', (description) => {
    expect(() => assertWithinLimits(description, 'standard')).not.toThrow();
  });

  it.each([
    [
      { lockDurationMs: 4_999 },
      "The value for 'LockDuration' must be between PT5S and PT5M, and is PT4.999S.",
    ],
    [{ lockDurationMs: 5 * MINUTE + 1 }, /LockDuration/],
    [{ defaultMessageTimeToLiveMs: 999 }, /DefaultMessageTimeToLive/],
    [{ duplicateDetectionHistoryTimeWindowMs: 19_999 }, /DuplicateDetectionHistoryTimeWindow/],
    [{ duplicateDetectionHistoryTimeWindowMs: 7 * DAY + 1 }, /DuplicateDetectionHistoryTimeWindow/],
    [{ autoDeleteOnIdleMs: 5 * MINUTE - 1 }, /AutoDeleteOnIdle/],
    [{ maxDeliveryCount: 0 }, "The value for 'MaxDeliveryCount' must be between 1 and 2147483647, and is 0."],
    [{ maxDeliveryCount: 2_147_483_648 }, /MaxDeliveryCount/],
    [{ maxMessageSizeInKilobytes: 257 }, /MaxMessageSizeInKilobytes/],
    [{ maxSizeInMegabytes: 1_000 }, /MaxSizeInMegabytes is not one of 1024, 2048, 3072, 4096, 5120/],
    [{ userMetadata: 'x'.repeat(1_025) }, /UserMetadata is longer than 1024/],
  ])('refuses %j', (description, message) => {
    expect(() => assertWithinLimits(description, 'standard')).toThrow(message);
  });

  it('lets an entity keep a declared value, and change it only to one within the limits', () => {
    const declared = { lockDurationMs: 100, maxSizeInMegabytes: 1, maxDeliveryCount: 3 };
    expect(() =>
      assertWithinLimits({ ...declared, maxDeliveryCount: 4 }, 'standard', declared),
    ).not.toThrow();
    expect(() => assertWithinLimits({ ...declared, lockDurationMs: 200 }, 'standard', declared)).toThrow(
      /LockDuration/,
    );
  });

  it('allows larger messages and entities in the premium tier', () => {
    const large = { maxMessageSizeInKilobytes: 102_400, maxSizeInMegabytes: 81_920 };
    expect(() => assertWithinLimits(large, 'premium')).not.toThrow();
    for (const maxMessageSizeInKilobytes of [1_023, 102_401]) {
      expect(() => assertWithinLimits({ maxMessageSizeInKilobytes }, 'premium')).toThrow(
        "The value for 'MaxMessageSizeInKilobytes' must be between 1024 and 102400",
      );
    }
    expect(() => assertWithinLimits({ maxSizeInMegabytes: 81_920 }, 'standard')).toThrow(/5120/);
  });

  it('counts the size of a partitioned entity in all its partitions', () => {
    const partitioned = { enablePartitioning: true, maxSizeInMegabytes: 16_384 };
    expect(() =>
      assertWithinLimits({ ...partitioned, maxSizeInMegabytes: 32_768 }, 'standard', partitioned),
    ).not.toThrow();
    expect(() =>
      assertWithinLimits({ ...partitioned, maxSizeInMegabytes: 2_048 }, 'standard', partitioned),
    ).toThrow();
  });
});
