import { BrokerError } from '../broker-error.js';
import { type MessageContent } from '../queue/message-content.js';
import { type PartitionedDescription, partitionKeyOf } from './partition-key.js';

/**
 * Refuses messages that are sent together and belong to different partitions.
 * [Service Bus: a batch is stored as one, and a partition has a store of its own]
 * @throws BrokerError not-allowed
 */
export function validateBatch(contents: readonly MessageContent[], entity: PartitionedDescription): void {
  if (!entity.enablePartitioning || contents.length < 2) return;
  const [first, ...others] = contents.map((content) => partitionKeyOf(content, entity));
  if (others.every((key) => key === first)) return;
  // [Azure/amqpnetlite#120, Azure/azure-amqp#118: the texts]
  const [fields, features] = entity.requiresDuplicateDetection
    ? ['SessionId, PartitionKey, or MessageId ', 'partitioning and duplicate detection']
    : ['SessionId or PartitionKey', 'partitioning'];
  throw new BrokerError(
    'amqp:not-allowed',
    `Batching brokered messages with distinct ${fields} is not supported for an entity with ${features} enabled.`,
  );
}
