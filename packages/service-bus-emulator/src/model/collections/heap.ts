/** How a heap reports positions and breaks ties. */
export interface HeapOptions<T> {
  /** Called with each item's new position, or -1 once it has left; `update` and `deleteAt` take that position. */
  readonly moved?: (item: T, position: number) => void;
  /** Orders items with the same key; without it their order is undefined. */
  readonly before?: (a: T, b: T) => boolean;
}

/** A binary min-heap over numeric keys. The keys have an array of their own, so that comparing touches no items. */
export class Heap<T> {
  #items: T[] = [];
  #keys: number[] = [];
  readonly #moved: HeapOptions<T>['moved'];
  readonly #before: HeapOptions<T>['before'];

  constructor({ moved, before }: HeapOptions<T> = {}) {
    this.#moved = moved;
    this.#before = before;
  }

  get size(): number {
    return this.#items.length;
  }

  peek(): T | undefined {
    return this.#items[0];
  }

  /** Returns the key at a position; the lowest key is at 0. */
  keyAt(position: number): number | undefined {
    return this.#keys[position];
  }

  push(item: T, key: number): void {
    this.#items.push(item);
    this.#keys.push(key);
    this.#siftUp(this.#items.length - 1, item, key);
  }

  pop(): T | undefined {
    const first = this.#items[0];
    this.deleteAt(0);
    return first;
  }

  /** Gives the item at this position another key. */
  update(position: number, key: number): void {
    const item = this.#items[position];
    if (item === undefined) return;
    if (this.#siftUp(position, item, key) === position) this.#siftDown(position, item, key);
  }

  deleteAt(position: number): void {
    const removed = this.#items[position];
    if (removed === undefined) return;
    const last = this.#items.pop() as T;
    const key = this.#keys.pop() as number;
    this.#moved?.(removed, -1);
    if (position === this.#items.length) return;
    this.#place(position, last, key);
    this.update(position, key);
  }

  /** Drops all items but those to keep. */
  retain(keep: (item: T) => boolean): void {
    const [items, keys] = [this.#items, this.#keys];
    this.#items = [];
    this.#keys = [];
    items.forEach((item, position) => {
      if (keep(item)) this.push(item, keys[position] as number);
      else this.#moved?.(item, -1);
    });
  }

  clear(): void {
    this.retain(() => false);
  }

  #isBefore(keyA: number, a: T, keyB: number, b: T): boolean {
    return keyA === keyB ? (this.#before?.(a, b) ?? false) : keyA < keyB;
  }

  #lesserChild(position: number): number | undefined {
    const left = 2 * position + 1;
    const right = left + 1;
    if (left >= this.#items.length) return undefined;
    if (right === this.#items.length) return left;
    const [leftKey, rightKey] = [this.#keys[left] as number, this.#keys[right] as number];
    return this.#isBefore(rightKey, this.#items[right] as T, leftKey, this.#items[left] as T) ? right : left;
  }

  #place(position: number, item: T, key: number): void {
    this.#items[position] = item;
    this.#keys[position] = key;
    this.#moved?.(item, position);
  }

  #siftUp(position: number, item: T, key: number): number {
    while (position > 0) {
      const parent = (position - 1) >> 1;
      const [above, aboveKey] = [this.#items[parent] as T, this.#keys[parent] as number];
      if (!this.#isBefore(key, item, aboveKey, above)) break;
      this.#place(position, above, aboveKey);
      position = parent;
    }
    this.#place(position, item, key);
    return position;
  }

  #siftDown(position: number, item: T, key: number): void {
    for (;;) {
      const child = this.#lesserChild(position);
      if (child === undefined) break;
      const [below, belowKey] = [this.#items[child] as T, this.#keys[child] as number];
      if (!this.#isBefore(belowKey, below, key, item)) break;
      this.#place(position, below, belowKey);
      position = child;
    }
    this.#place(position, item, key);
  }
}
