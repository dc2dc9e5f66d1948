import { type Tier, TIERS } from '../../model/entity/tier.js';
import { badRequest } from '../administration-error.js';
import { formatDuration } from '../../duration.js';
import { PARTITION_COUNT } from '../../model/entity/partitions.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const DAY = 24 * 60 * MINUTE;

const MAX_USER_METADATA_LENGTH = 1_024;

interface Limited {
  readonly lockDurationMs?: number;
  readonly defaultMessageTimeToLiveMs?: number;
  readonly duplicateDetectionHistoryTimeWindowMs?: number;
  readonly autoDeleteOnIdleMs?: number;
  readonly maxDeliveryCount?: number;
  readonly maxMessageSizeInKilobytes?: number;
  readonly maxSizeInMegabytes?: number;
  readonly enablePartitioning?: boolean;
  readonly userMetadata?: string;
}

type Range = readonly [property: string, key: keyof Limited, minimum: number, maximum: number];

// [Service Bus: the ranges of durations]
const DURATIONS: readonly Range[] = [
  ['LockDuration', 'lockDurationMs', 5 * SECOND, 5 * MINUTE],
  ['DefaultMessageTimeToLive', 'defaultMessageTimeToLiveMs', SECOND, Infinity],
  ['DuplicateDetectionHistoryTimeWindow', 'duplicateDetectionHistoryTimeWindowMs', 20 * SECOND, 7 * DAY],
  ['AutoDeleteOnIdle', 'autoDeleteOnIdleMs', 5 * MINUTE, Infinity],
];

const MAX_DELIVERY_COUNT: Range = ['MaxDeliveryCount', 'maxDeliveryCount', 1, 2 ** 31 - 1];

/**
 * Checks a new description, or the values that an update changes: values outside the limits that an entity was
 * declared with are allowed to stay. @throws AdministrationError
 */
export function assertWithinLimits(description: Limited, tier: Tier, current: Limited = {}): void {
  const { sizesInMegabytes } = TIERS[tier];
  for (const range of DURATIONS) assertInRange(range, description, current, formatDuration);
  assertInRange(MAX_DELIVERY_COUNT, description, current, String);
  assertInRange(messageSizes(tier), description, current, String);
  const { maxSizeInMegabytes: size, userMetadata = '' } = description;
  const sizes = sizesInMegabytes.map((each) => each * (current.enablePartitioning ? PARTITION_COUNT : 1));
  if (size !== undefined && size !== current.maxSizeInMegabytes && !sizes.includes(size)) {
    throw badRequest(`The value '${size}' of MaxSizeInMegabytes is not one of ${sizes.join(', ')}.`);
  }
  if (userMetadata.length > MAX_USER_METADATA_LENGTH) {
    throw badRequest(`UserMetadata is longer than ${MAX_USER_METADATA_LENGTH} characters.`);
  }
}

function messageSizes(tier: Tier): Range {
  const { minMessageSizeInKilobytes: minimum, maxMessageSizeInKilobytes: maximum } = TIERS[tier];
  return ['MaxMessageSizeInKilobytes', 'maxMessageSizeInKilobytes', minimum, maximum];
}

function assertInRange(
  [property, key, minimum, maximum]: Range,
  description: Limited,
  current: Limited,
  format: (value: number) => string,
): void {
  const value = description[key];
  if (typeof value !== 'number' || value === current[key]) return;
  if (value >= minimum && value <= maximum) return;
  throw badRequest(
    `The value for '${property}' must be between ${format(minimum)} and ${format(maximum)}, and is ${format(value)}.`,
  );
}
