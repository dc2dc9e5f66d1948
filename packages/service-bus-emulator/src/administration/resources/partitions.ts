// [Service Bus, Standard tier]
export const PARTITION_COUNT = 16;

/** A new entity with partitions has the size that was asked for in each of them. */
export function withPartitions<T extends { enablePartitioning: boolean; maxSizeInMegabytes: number }>(
  description: T,
): T {
  if (!description.enablePartitioning) return description;
  return { ...description, maxSizeInMegabytes: description.maxSizeInMegabytes * PARTITION_COUNT };
}
