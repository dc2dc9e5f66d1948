import { BrokerError, entityDisabled } from './broker-error.js';
import { DuplicateHistory } from './duplicate-history.js';
import { type QueueDescription } from './entity-description.js';
import { type MessageContent } from './message-content.js';
import { type QueueContext } from './queue-context.js';
import { type StorageMeter } from './storage-meter.js';
import { validateMessage } from './validate-message.js';

type SendableDescription = Pick<
  QueueDescription,
  | 'status'
  | 'maxSizeInMegabytes'
  | 'maxMessageSizeInKilobytes'
  | 'requiresDuplicateDetection'
  | 'duplicateDetectionHistoryTimeWindowMs'
> & { requiresSession?: boolean };

/** Decides what may enter a queue or a topic: status, limits, quota, duplicates. */
export class SendGate {
  readonly duplicates: DuplicateHistory | undefined;

  constructor(
    readonly address: string,
    private description: SendableDescription,
    readonly context: QueueContext,
    readonly meter: StorageMeter,
    /** Bound on what the whole namespace stores, in bytes of encoded messages. */
    readonly maxStoredBytes: number,
  ) {
    if (description.requiresDuplicateDetection) {
      this.duplicates = new DuplicateHistory(description.duplicateDetectionHistoryTimeWindowMs, {
        remembered: (messageId, forgetAtMs) =>
          context.journal.messageIdRemembered(address, messageId, forgetAtMs),
        forgotten: (messageId) => context.journal.messageIdForgotten(address, messageId),
      });
    }
  }

  configure(description: SendableDescription): void {
    this.description = description;
    if (this.duplicates) this.duplicates.windowMs = description.duplicateDetectionHistoryTimeWindowMs;
  }

  /** Refuses the whole of what is sent together, or nothing of it. @throws BrokerError */
  check(contents: readonly MessageContent[]): void {
    this.assertEnabled();
    let addedBytes = 0;
    for (const content of contents) {
      validateMessage(content, this.description);
      addedBytes += content.size;
    }
    const maxSizeBytes = this.description.maxSizeInMegabytes * 1024 * 1024;
    if (this.meter.bytes + addedBytes > maxSizeBytes) {
      throw new BrokerError(
        'amqp:resource-limit-exceeded',
        `The maximum entity size has been reached or exceeded for '${this.address}' (${maxSizeBytes} bytes).`,
      );
    }
    if (this.context.meter.bytes + addedBytes > this.maxStoredBytes) {
      throw new BrokerError(
        'amqp:resource-limit-exceeded',
        `The namespace is full: it may hold ${this.maxStoredBytes} bytes of messages.`,
      );
    }
  }

  /** @throws BrokerError entity-disabled */
  assertEnabled(): void {
    const { status } = this.description;
    if (status === 'Disabled' || status === 'SendDisabled') throw entityDisabled(this.address);
  }

  /** Remembers a message; true if its id was seen within the detection window. */
  isDuplicate(nowMs: number, content: MessageContent): boolean {
    if (!this.duplicates) return false;
    if (this.duplicates.has(nowMs, content.messageId)) return true;
    this.duplicates.add(nowMs, content.messageId);
    return false;
  }
}
