import { PARTITION_COUNT } from '../../model/entity/partitions.js';

/** Multiplies the size of a new partitioned entity: the requested size is that of each partition. */
export function withPartitions<T extends { enablePartitioning: boolean; maxSizeInMegabytes: number }>(
  description: T,
): T {
  if (!description.enablePartitioning) return description;
  return { ...description, maxSizeInMegabytes: description.maxSizeInMegabytes * PARTITION_COUNT };
}
