/** A first-in-first-out list with amortised O(1) operations, whose memory shrinks with its length. */
export class Fifo<T> {
  #items: (T | undefined)[] = [];
  #head = 0;

  get size(): number {
    return this.#items.length - this.#head;
  }

  push(item: T): void {
    this.#items.push(item);
  }

  peek(): T | undefined {
    return this.#items[this.#head];
  }

  last(): T | undefined {
    return this.#items[this.#items.length - 1];
  }

  shift(): T | undefined {
    const item = this.#items[this.#head];
    if (this.size <= 1) {
      this.clear();
      return item;
    }
    this.#items[this.#head] = undefined;
    this.#head += 1;
    // Compacting only when half of the array is unused keeps its cost constant per item.
    if (this.#head > 1024 && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }

  /** Drops all items but those to keep, in O(n), and preserves their order. */
  retain(keep: (item: T) => boolean): void {
    this.#items = this.#items.slice(this.#head).filter((item) => keep(item as T));
    this.#head = 0;
  }

  clear(): void {
    if (this.#items.length > 0) this.#items = [];
    this.#head = 0;
  }
}
