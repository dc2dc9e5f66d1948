// [Service Bus message sequencing: the upper 16 of 64 bits tell the partition] In numbers that are exact up to 2^53
// there is room for 32 partitions.
const NUMBERS_PER_PARTITION = 2 ** 48;

/** Returns the partition in which a sequence number was given. */
export function partitionOf(sequenceNumber: number): number {
  return Math.floor(sequenceNumber / NUMBERS_PER_PARTITION);
}

/** The sequence numbers of one message queue: each partition has a row of its own, from 1 on. */
export class SequenceNumbers {
  /** By partition: the number to be given next. */
  readonly #next: number[] = [1];

  take(partition: number): number {
    const sequenceNumber = this.nextOf(partition);
    this.#next[partition] = sequenceNumber + 1;
    return sequenceNumber;
  }

  /** Never gives this number, nor one before it. */
  skip(sequenceNumber: number): void {
    const partition = partitionOf(sequenceNumber);
    if (sequenceNumber >= this.nextOf(partition)) this.#next[partition] = sequenceNumber + 1;
  }

  nextOf(partition: number): number {
    return this.#next[partition] ?? partition * NUMBERS_PER_PARTITION + 1;
  }
}
