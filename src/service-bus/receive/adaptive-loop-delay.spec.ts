import { setTimeout as delay } from 'node:timers/promises';

import { afterEach, describe, expect, it } from '@jest/globals';

import { LoopDelayReader } from './adaptive-loop-delay.js';

/** Blocks the event loop again and again, for so long in all. */
async function block(eachMs: number, wholeMs: number): Promise<void> {
  for (const end = performance.now() + wholeMs; performance.now() < end;) {
    const until = performance.now() + eachMs;
    while (performance.now() < until);
    await delay(1);
  }
}

describe('LoopDelayReader', () => {
  const readers: LoopDelayReader[] = [];
  const open = (): LoopDelayReader => {
    const reader = new LoopDelayReader();
    readers.push(reader);
    return reader;
  };
  afterEach(() => readers.splice(0).forEach((reader) => reader.close()));

  it('tells a blocked event loop, to each reader for its own time', async () => {
    const reader = open();
    await block(100, 500);
    expect(reader.read()).toBeGreaterThan(50);
    const later = open();
    await delay(300);
    expect(later.read()).toBeLessThan(50);
    expect(reader.read()).toBeLessThan(50);
  });

  it('has nothing to say when it was just opened, or is closed; the others read on', async () => {
    const first = open();
    expect(first.read()).toBe(0);
    const second = open();
    first.close();
    first.close();
    await block(100, 300);
    expect(first.read()).toBe(0);
    expect(second.read()).toBeGreaterThan(50);
  });
});
