import { type MessageContent } from '../queue/message-content.js';
import { type PartitionedDescription, partitionKeyOf } from './partition-key.js';

/** How many partitions a partitioned entity has. [Service Bus partitioning, Standard tier] */
export const PARTITION_COUNT = 16;

/** Chooses the partition of an entity that messages go to; an entity that is not partitioned has only one. */
export class Partitions {
  #turn = 0;

  constructor(private readonly description: PartitionedDescription) {}

  /**
   * Returns the partition of a message, or of all messages that are sent together with it.
   * [Service Bus: the same key means the same partition; without a key partitions take turns]
   */
  choose(content: MessageContent | undefined): number {
    if (!this.description.enablePartitioning || !content) return 0;
    const key = partitionKeyOf(content, this.description);
    if (key !== undefined) return hash(key) % PARTITION_COUNT;
    const partition = this.#turn;
    this.#turn = (partition + 1) % PARTITION_COUNT;
    return partition;
  }
}

/** FNV-1a with 32 bits. How the cloud hashes is not known. */
function hash(text: string): number {
  let value = 0x81_1c_9d_c5;
  for (let index = 0; index < text.length; index += 1) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01_00_01_93);
  }
  return value >>> 0;
}
