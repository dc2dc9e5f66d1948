/** The pricing tier of a namespace. */
export type Tier = 'standard' | 'premium';

/** What a tier allows, and what it gives to entities that do not say otherwise. */
export interface TierLimits {
  readonly defaultMessageSizeInKilobytes: number;
  /** The smallest limit that an entity may be given, and the largest. */
  readonly minMessageSizeInKilobytes: number;
  readonly maxMessageSizeInKilobytes: number;
  /** The sizes of an entity, or of each of its partitions. */
  readonly sizesInMegabytes: readonly number[];
  /** The name in the administration API. */
  readonly sku: string;
}

const GIBIBYTE = 1024;
const STANDARD_SIZES = [1, 2, 3, 4, 5].map((size) => size * GIBIBYTE);

// [Service Bus quotas; premium messaging, large messages]
export const TIERS: Readonly<Record<Tier, TierLimits>> = {
  standard: {
    defaultMessageSizeInKilobytes: 256,
    minMessageSizeInKilobytes: 1,
    maxMessageSizeInKilobytes: 256,
    sizesInMegabytes: STANDARD_SIZES,
    sku: 'Standard',
  },
  premium: {
    defaultMessageSizeInKilobytes: 1024,
    minMessageSizeInKilobytes: 1024,
    maxMessageSizeInKilobytes: 102_400,
    sizesInMegabytes: [...STANDARD_SIZES, ...[10, 20, 40, 80].map((size) => size * GIBIBYTE)],
    sku: 'Premium',
  },
};
