import { describe, expect, it } from '@jest/globals';

import { PartialUnit } from './partial-unit.js';

describe('PartialUnit', () => {
  it('takes the wanted bytes and says where it stopped', () => {
    const partial = new PartialUnit();
    expect(partial.take(Buffer.from('abcdef'), 1, 3)).toBe(4);
    expect(partial.take(Buffer.from('ghi'), 0, 5)).toBe(2);
    expect(partial.release().toString()).toBe('bcdgh');
    expect(partial.length).toBe(0);
  });

  it('allocates no memory for bytes that are only declared', () => {
    const partial = new PartialUnit();
    partial.take(Buffer.alloc(8), 0, 65_536);
    expect(partial.bytes.length).toBeLessThan(100);
  });

  it('collects bytes that arrive one by one without copying all of them each time', () => {
    const partial = new PartialUnit();
    const buffers = new Set<Buffer>();
    for (let index = 0; index < 10_000; index++) {
      partial.take(Buffer.of(index), 0, 10_000);
      buffers.add(partial.bytes);
    }
    expect(buffers.size).toBeLessThan(20);
    expect(partial.release()).toEqual(
      Buffer.from(Array.from({ length: 10_000 }, (_, index) => index & 0xff)),
    );
  });

  it('does not change what it has handed over', () => {
    const partial = new PartialUnit();
    partial.take(Buffer.from('abc'), 0, 3);
    const released = partial.release();
    partial.take(Buffer.from('xyz'), 0, 3);
    expect(released.toString()).toBe('abc');
  });
});
