import { Heap } from './heap.js';

/** Something that is due at a point in time. */
export interface Timed {
  /** Owned by the `Deadlines` that holds the item; -1 while none does. */
  duePosition: number;
  /** Orders items that are due at the same time, the lowest first. */
  readonly dueRank: number;
}

/** Items ordered by the time at which they are due; each can be moved or removed in O(log n). */
export class Deadlines<T extends Timed> {
  readonly #heap = new Heap<T>({
    moved: (item, position) => (item.duePosition = position),
    before: (a, b) => a.dueRank < b.dueRank,
  });

  get size(): number {
    return this.#heap.size;
  }

  /** Unix time in milliseconds at which the first item is due; Infinity if there is none. */
  get nextMs(): number {
    return this.#heap.keyAt(0) ?? Infinity;
  }

  /** Unix time in milliseconds at which an item is due; Infinity if it is not in the list. */
  dueAtMs(item: T): number {
    return this.#heap.keyAt(item.duePosition) ?? Infinity;
  }

  /** Sets or moves an item's due time; Infinity removes it. */
  set(item: T, dueAtMs: number): void {
    if (dueAtMs === Infinity || Number.isNaN(dueAtMs)) this.delete(item);
    else if (item.duePosition === -1) this.#heap.push(item, dueAtMs);
    else this.#heap.update(item.duePosition, dueAtMs);
  }

  delete(item: T): void {
    if (item.duePosition !== -1) this.#heap.deleteAt(item.duePosition);
  }

  /** Removes and returns the earliest item that is due at this time. */
  takeDue(nowMs: number): T | undefined {
    return this.nextMs > nowMs ? undefined : this.#heap.pop();
  }

  clear(): void {
    this.#heap.clear();
  }
}
