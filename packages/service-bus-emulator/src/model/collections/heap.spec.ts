import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { Heap } from './heap.js';

interface Item {
  key: number;
  position: number;
}

const item = (key: number): Item => ({ key, position: -1 });
const heapOf = (items: Item[]): Heap<Item> => {
  const heap = new Heap<Item>({ moved: (moved, position) => (moved.position = position) });
  for (const one of items) heap.push(one, one.key);
  return heap;
};
const drain = (heap: Heap<Item>): number[] => {
  const keys: number[] = [];
  for (let next = heap.pop(); next; next = heap.pop()) keys.push(next.key);
  return keys;
};
const sorted = (keys: number[]): number[] => [...keys].sort((a, b) => a - b);

describe('Heap', () => {
  it('returns items in order', () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), (keys) => {
        expect(drain(heapOf(keys.map(item)))).toEqual(sorted(keys));
      }),
    );
  });

  it('stays in order when any item changes, leaves or is dropped', () => {
    const change = fc.record({
      index: fc.nat(),
      key: fc.option(fc.integer()),
      keep: fc.option(fc.integer({ min: 2, max: 5 }), { freq: 5 }),
    });
    fc.assert(
      fc.property(fc.array(fc.integer(), { minLength: 1 }), fc.array(change), (keys, changes) => {
        let left = keys.map(item);
        const heap = heapOf(left);
        for (const { index, key, keep } of changes) {
          const chosen = left[index % left.length];
          if (!chosen) break;
          if (keep !== null) {
            heap.retain((one) => one.key % keep !== 0);
            left = left.filter((one) => one.key % keep !== 0);
          } else if (key !== null) {
            chosen.key = key;
            heap.update(chosen.position, key);
          } else {
            heap.deleteAt(chosen.position);
            left = left.filter((one) => one !== chosen);
          }
          expect(heap.size).toBe(left.length);
          expect(sorted(left.map(({ position }) => position))).toEqual(left.map((_, position) => position));
        }
        expect(drain(heap)).toEqual(sorted(left.map(({ key }) => key)));
      }),
    );
  });

  it('returns the keys', () => {
    const heap = heapOf([item(2), item(1)]);
    expect([heap.keyAt(0), heap.keyAt(1), heap.keyAt(2), heap.keyAt(-1)]).toEqual([
      1,
      2,
      undefined,
      undefined,
    ]);
  });

  it('lets its owner order items with the same key', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ key: fc.nat({ max: 3 }), rank: fc.nat() })), (items) => {
        const heap = new Heap<{ key: number; rank: number }>({ before: (a, b) => a.rank < b.rank });
        for (const one of items) heap.push(one, one.key);
        const out = items.map(() => heap.pop());
        expect(out).toEqual([...items].sort((a, b) => a.key - b.key || a.rank - b.rank));
      }),
    );
  });

  it('reports that an item has left', () => {
    const items = [item(2), item(1), item(3)];
    const heap = heapOf(items);
    heap.pop();
    expect(items[1]?.position).toBe(-1);
    heap.clear();
    expect(items.map(({ position }) => position)).toEqual([-1, -1, -1]);
    expect(heap.peek()).toBeUndefined();
  });

  it('ignores a position without an item', () => {
    const heap = heapOf([item(1)]);
    heap.deleteAt(-1);
    heap.deleteAt(1);
    heap.update(7, 0);
    expect(drain(heap)).toEqual([1]);
  });
});
