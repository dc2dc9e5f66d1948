import { Heap } from './heap.js';

/** Something to which a thing happens by itself at a point in time. */
export interface Timed {
  /** Owned by the one `Deadlines` it is in; -1 while it is in none. */
  duePosition: number;
  /** Orders what is due at the same time, the lowest first. */
  readonly dueRank: number;
}

/** Things in order of their due time; each can be moved or removed in O(log n). */
export class Deadlines<T extends Timed> {
  readonly #heap = new Heap<T>({
    moved: (item, position) => (item.duePosition = position),
    before: (a, b) => a.dueRank < b.dueRank,
  });

  get size(): number {
    return this.#heap.size;
  }

  /** Unix time in milliseconds of the earliest; Infinity if there is none. */
  get nextMs(): number {
    return this.#heap.keyAt(0) ?? Infinity;
  }

  /** Unix time in milliseconds; Infinity while nothing is due. */
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
