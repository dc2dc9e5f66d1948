import { BrokerError, entityDisabled } from '../broker-error.js';
import { DuplicateHistory } from './duplicate-history.js';
import { type QueueDescription } from './entity-description.js';
import { type MessageContent } from '../queue/message-content.js';
import { type EntityContext } from './entity-host.js';
import { type StorageMeter } from '../queue/storage-meter.js';
import { assertMemoryFor, messageCost } from '../queue/memory.js';
import { validateBatch } from './validate-batch.js';
import { validateMessage } from './validate-message.js';

type SendableDescription = Pick<
  QueueDescription,
  | 'status'
  | 'maxSizeInMegabytes'
  | 'maxMessageSizeInKilobytes'
  | 'requiresDuplicateDetection'
  | 'duplicateDetectionHistoryTimeWindowMs'
  | 'enablePartitioning'
> & { requiresSession?: boolean };

/** Decides which messages a queue or a topic accepts: by status, limits, quota and duplicate detection. */
export class SendGate {
  readonly duplicates: DuplicateHistory | undefined;

  constructor(
    readonly address: string,
    private description: SendableDescription,
    readonly context: EntityContext,
    /** Counts what the entity stores. */
    readonly meter: StorageMeter,
  ) {
    if (description.requiresDuplicateDetection) {
      const { duplicateDetectionHistoryTimeWindowMs: windowMs } = description;
      this.duplicates = new DuplicateHistory(address, windowMs, context);
    }
  }

  configure(description: SendableDescription): void {
    this.description = description;
    if (this.duplicates) this.duplicates.windowMs = description.duplicateDetectionHistoryTimeWindowMs;
  }

  /** Refuses or admits all messages that are sent together. @throws BrokerError */
  check(contents: readonly MessageContent[]): void {
    this.assertEnabled();
    let addedBytes = 0;
    let addedCost = 0;
    validateBatch(contents, this.description);
    for (const content of contents) {
      validateMessage(content, this.description);
      addedBytes += content.size;
      addedCost += messageCost(content.size);
    }
    const maxSizeBytes = this.description.maxSizeInMegabytes * 1024 * 1024;
    if (this.meter.bytes + addedBytes > maxSizeBytes) {
      throw new BrokerError(
        'amqp:resource-limit-exceeded',
        `The maximum entity size has been reached or exceeded for '${this.address}' (${maxSizeBytes} bytes).`,
      );
    }
    assertMemoryFor(this.context, addedCost);
  }

  /** @throws BrokerError entity-disabled */
  assertEnabled(): void {
    const { status } = this.description;
    if (status === 'Disabled' || status === 'SendDisabled') throw entityDisabled(this.address);
  }

  close(): void {
    this.duplicates?.close();
  }

  /** Remembers a message's id; returns true if it was seen within the detection window. */
  isDuplicate(nowMs: number, content: MessageContent): boolean {
    if (!this.duplicates) return false;
    const identity = this.#identityOf(content);
    if (this.duplicates.has(nowMs, identity)) return true;
    this.duplicates.add(nowMs, identity);
    return false;
  }

  // [Service Bus duplicate detection: with partitions, message id and partition key together are unique]
  #identityOf({ messageId, sessionId, partitionKey }: MessageContent): string {
    const key = this.description.enablePartitioning ? (sessionId ?? partitionKey) : undefined;
    return key === undefined ? messageId : JSON.stringify([messageId, key]);
  }
}
