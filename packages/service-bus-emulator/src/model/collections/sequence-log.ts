const CHUNK_SIZE = 64;

interface Chunk<T> {
  readonly first: number;
  readonly slots: (T | undefined)[];
  live: number;
}

/**
 * Items by sequence number, with gaps. Chunks are small and dropped once they are empty, so that memory follows
 * the number of items, however sparse they are. Finding an item costs O(log n), and O(1) without gaps.
 */
export class SequenceLog<T> {
  /** In order; those before `#head` are dropped. */
  #chunks: (Chunk<T> | undefined)[] = [];
  #head = 0;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Adds an item under an unused number; at the end, the usual case, this costs O(1). */
  add(sequenceNumber: number, item: T): void {
    const chunk = this.#chunkFor(sequenceNumber);
    chunk.slots[sequenceNumber - chunk.first] = item;
    chunk.live += 1;
    this.#size += 1;
  }

  get(sequenceNumber: number): T | undefined {
    const chunk = this.#chunks[this.#indexOf(sequenceNumber)];
    return chunk?.slots[sequenceNumber - chunk.first];
  }

  delete(sequenceNumber: number): boolean {
    const index = this.#indexOf(sequenceNumber);
    const chunk = this.#chunks[index];
    if (chunk?.slots[sequenceNumber - chunk.first] === undefined) return false;
    chunk.slots[sequenceNumber - chunk.first] = undefined;
    chunk.live -= 1;
    this.#size -= 1;
    if (chunk.live === 0) this.#dropChunk(index);
    return true;
  }

  /** Yields the items from a number on, in order; the log must not change meanwhile. */
  *from(sequenceNumber: number): Generator<T, void, undefined> {
    const least = Math.ceil(sequenceNumber);
    for (let index = this.#indexOf(least); index < this.#chunks.length; index += 1) {
      const { first, slots } = this.#chunks[index] as Chunk<T>;
      for (let slot = Math.max(0, least - first); slot < slots.length; slot += 1) {
        const item = slots[slot];
        if (item !== undefined) yield item;
      }
    }
  }

  clear(): void {
    this.#chunks = [];
    this.#head = 0;
    this.#size = 0;
  }

  #chunkFor(sequenceNumber: number): Chunk<T> {
    const first = sequenceNumber - (sequenceNumber % CHUNK_SIZE);
    const last = this.#chunks[this.#chunks.length - 1];
    if (last?.first === first) return last;
    const index = last === undefined || last.first < first ? this.#chunks.length : this.#indexOf(first);
    const present = this.#chunks[index];
    if (present?.first === first) return present;
    const chunk: Chunk<T> = { first, slots: [], live: 0 };
    this.#chunks.splice(index, 0, chunk);
    return chunk;
  }

  /** Moves the shorter side, which is almost empty if messages are received in order. */
  #dropChunk(index: number): void {
    if (index - this.#head > this.#chunks.length - index) return void this.#chunks.splice(index, 1);
    for (let moved = index; moved > this.#head; moved -= 1) this.#chunks[moved] = this.#chunks[moved - 1];
    this.#chunks[this.#head] = undefined;
    this.#head += 1;
    if (this.#head * 2 < this.#chunks.length) return;
    this.#chunks = this.#chunks.slice(this.#head);
    this.#head = 0;
  }

  /** Returns the index of the first chunk that ends behind this number. */
  #indexOf(sequenceNumber: number): number {
    let low = this.#head;
    let high = this.#chunks.length;
    if (low === high) return high;
    // Without gaps the number tells the chunk's index; gaps can only move the chunk closer to the head.
    const distance = Math.floor((sequenceNumber - this.#firstOf(low)) / CHUNK_SIZE);
    if (!(distance > 0)) return low;
    const guess = low + distance;
    if (guess < high) {
      if (this.#firstOf(guess) <= sequenceNumber) return guess;
      high = guess;
    }
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#firstOf(middle) + CHUNK_SIZE <= sequenceNumber) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #firstOf(index: number): number {
    return (this.#chunks[index] as Chunk<T>).first;
  }
}
