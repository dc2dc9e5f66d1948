import { type ReadyMessage, ReadyMessages } from './ready-messages.js';
import { partitionOf } from './sequence-numbers.js';

/**
 * The messages of a partitioned entity that can be delivered: in order within their partition, while the partitions
 * take turns. [Service Bus: there is no order across partitions]
 */
export class PartitionedMessages<M extends ReadyMessage> {
  /** By partition. */
  readonly #partitions: (ReadyMessages<M> | undefined)[] = [];
  #turn = 0;

  add(message: M): void {
    (this.#partitions[partitionOf(message.sequenceNumber)] ??= new ReadyMessages<M>()).add(message);
  }

  /** Takes the oldest message of the next partition that has one. */
  take(): M | undefined {
    const { length } = this.#partitions;
    for (let tried = 0; tried < length; tried += 1) {
      const message = this.#partitions[this.#turn % length]?.take();
      this.#turn = (this.#turn + 1) % length;
      if (message) return message;
    }
    return undefined;
  }

  /** Drops a message that expired or was deleted while it waited; such a message never comes back. */
  drop(message: M): void {
    this.#partitions[partitionOf(message.sequenceNumber)]?.drop(message);
  }

  clear(): void {
    this.#partitions.length = 0;
  }
}
