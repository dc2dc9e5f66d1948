import { EventEmitter } from 'node:events';

import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';

import { type RheaReceiver } from '../fast-lane/rhea-link.js';
import { drainLink } from './drain-link.js';

class FakeLink extends EventEmitter {
  credit = 5;
  drain = false;

  drain_credit(): void {
    this.drain = true;
  }

  /** As rhea does when the broker's flow comes. */
  answer(): void {
    this.emit('receiver_flow');
    this.credit = 0;
    this.emit('receiver_drained');
  }
}

describe('drainLink', () => {
  let link: FakeLink;
  let late: number[];

  beforeEach(() => {
    jest.useFakeTimers();
    link = new FakeLink();
    late = [];
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  const drain = (): Promise<number | undefined> =>
    drainLink(link as unknown as RheaReceiver, 1_000, (returned) => late.push(returned));

  it('returns the credit that comes back', async () => {
    const drained = drain();
    expect(link.drain).toBe(true);
    link.answer();
    expect(await drained).toBe(5);
    expect(link.drain).toBe(false);
    expect(late).toEqual([]);
  });

  it('asks no more once it has given up, and tells of an answer that comes after all', async () => {
    const drained = drain();
    await jest.advanceTimersByTimeAsync(1_000);
    expect(await drained).toBeUndefined();
    expect(link.drain).toBe(false);
    link.credit += 2;
    link.answer();
    expect(late).toEqual([7]);
    expect(link.eventNames()).toEqual([]);
  });
});
