import { type MessageContent } from '../queue/message-content.js';
import { type QueueDescription } from './entity-description.js';

/** What the partition of a message depends on. */
export type PartitionedDescription = Pick<
  QueueDescription,
  'enablePartitioning' | 'requiresDuplicateDetection'
>;

/**
 * Returns what decides on a message's partition; undefined if nothing does and the broker may choose.
 * [Service Bus: session id, else partition key, else, with duplicate detection, message id]
 */
export function partitionKeyOf(
  { sessionId, partitionKey, messageId }: MessageContent,
  { requiresDuplicateDetection }: PartitionedDescription,
): string | undefined {
  return sessionId ?? partitionKey ?? (requiresDuplicateDetection ? messageId : undefined);
}
