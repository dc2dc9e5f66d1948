import { describe, expect, it } from '@jest/globals';

import { LinkedList } from './linked-list.js';

const drain = (list: LinkedList<string>, places: Map<string, ReturnType<typeof list.push>>): string[] => {
  const values: string[] = [];
  for (let { first } = list; first !== undefined; first = list.first) {
    values.push(first);
    list.delete(places.get(first)!);
  }
  return values;
};

describe('LinkedList', () => {
  it.each([['a'], ['b'], ['c'], ['a', 'c'], ['b', 'a'], ['a', 'b', 'c'], []])(
    'keeps the order of the others when %s, %s, %s leave',
    (...leaving: string[]) => {
      const list = new LinkedList<string>();
      const places = new Map(['a', 'b', 'c'].map((value) => [value, list.push(value)]));
      for (const value of leaving) list.delete(places.get(value)!);
      expect(list.size).toBe(3 - leaving.length);
      places.set('d', list.push('d'));
      expect(drain(list, places)).toEqual(['a', 'b', 'c', 'd'].filter((value) => !leaving.includes(value)));
      expect(list.size).toBe(0);
    },
  );
});
