import { type ServiceBusReceivedMessage } from '@azure/service-bus';

const CAPACITY = 10_000;

/**
 * Messages of one binding whose work is done, and which the broker would not complete: their lock was lost on the
 * way. Their next delivery is completed without running the handler. The least recently noted ones are forgotten.
 */
export class CompletedMessages {
  private readonly keys = new Set<string>();

  constructor(private readonly capacity = CAPACITY) {}

  get size(): number {
    return this.keys.size;
  }

  /** Costs nothing as long as there is nothing to remember. */
  has(message: ServiceBusReceivedMessage): boolean {
    return this.keys.size > 0 && this.keys.has(keyOf(message));
  }

  add(message: ServiceBusReceivedMessage): void {
    const key = keyOf(message);
    // A Set keeps the order of insertion: the first is the one that was noted longest ago.
    this.keys.delete(key);
    this.keys.add(key);
    if (this.keys.size <= this.capacity) return;
    const [oldest] = this.keys;
    if (oldest !== undefined) this.keys.delete(oldest);
  }

  delete(message: ServiceBusReceivedMessage): void {
    if (this.keys.size > 0) this.keys.delete(keyOf(message));
  }
}

// A queue that was made anew counts from 1 again: the time tells its messages, with or without ids, apart.
function keyOf({ sequenceNumber, messageId, enqueuedTimeUtc }: ServiceBusReceivedMessage): string {
  return `${sequenceNumber?.toString()}/${enqueuedTimeUtc?.getTime()}/${String(messageId)}`;
}
