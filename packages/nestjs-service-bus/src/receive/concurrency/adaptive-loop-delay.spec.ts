import { setTimeout as delay } from 'node:timers/promises';

import { afterEach, describe, expect, it, jest } from '@jest/globals';

import { LoopDelayReader } from './adaptive-loop-delay.js';

/** Blocks the event loop so many times. */
async function block(eachMs: number, times: number): Promise<void> {
  for (let time = 0; time < times; time += 1) {
    const until = performance.now() + eachMs;
    while (performance.now() < until);
    await delay(1);
  }
}

/** Pretends that the process has this share of a processor, however busy this machine is. */
function haveShareOfProcessor(share: number): void {
  jest.spyOn(process, 'cpuUsage').mockImplementation(() => {
    return { user: performance.now() * 1_000 * share, system: 0 };
  });
}

describe('LoopDelayReader', () => {
  const readers: LoopDelayReader[] = [];
  const open = (): LoopDelayReader => {
    const reader = new LoopDelayReader();
    readers.push(reader);
    return reader;
  };
  afterEach(() => {
    readers.splice(0).forEach((reader) => reader.close());
    jest.restoreAllMocks();
  });

  it('gives each reader the delay since its own last reading', async () => {
    haveShareOfProcessor(1);
    const reader = open();
    await block(100, 5);
    const blockedMs = reader.read();
    expect(blockedMs).toBeGreaterThan(50);
    const later = open();
    await delay(300);
    expect(later.read()).toBeLessThan(blockedMs);
    expect(reader.read()).toBeLessThan(blockedMs);
  });

  it('reads 0 when the process gets too little of a processor', async () => {
    haveShareOfProcessor(0.2);
    const reader = open();
    await block(100, 3);
    expect(reader.read()).toBe(0);
  });

  it('reads 0 right after opening and once closed; other readers go on', async () => {
    haveShareOfProcessor(1);
    const first = open();
    expect(first.read()).toBe(0);
    const second = open();
    first.close();
    first.close();
    await block(100, 3);
    expect(first.read()).toBe(0);
    expect(second.read()).toBeGreaterThan(50);
  });
});
