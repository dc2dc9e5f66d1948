import { describe, expect, it } from '@jest/globals';

import { DelivererState } from './deliverer-state.js';

describe('the state of a deliverer', () => {
  const lines: string[] = [];
  const log = (line: string): number => lines.push(line);
  let nowMs = 0;
  const start = (): DelivererState => new DelivererState({ log, warn: log, error: log }, 30_000, () => nowMs);
  const blocked = (state: DelivererState): string[] =>
    state.blockedDestinations.map(({ destination }) => destination);

  it('names a destination that takes nothing, until it is tried no more', () => {
    const state = start();
    state.unavailable('q', new Error('full'));
    expect(state.blockedDestinations).toEqual([
      { destination: 'q', reason: 'Error', description: 'full', since: expect.any(Date) as unknown },
    ]);
    for (let tries = 0; tries < 5; tries++) {
      nowMs += 30_000;
      state.unavailable('q', new Error('full'));
    }
    expect(blocked(state)).toEqual(['q']);
    expect(lines).toHaveLength(1);
    // Another process has sent its messages meanwhile.
    nowMs += 100_000;
    expect(blocked(state)).toEqual([]);
  });

  it('names no more destinations than anybody reads, the present ones rather than the old ones', () => {
    const state = start();
    for (let number = 0; number < 200; number++) state.unavailable(`old ${number}`, new Error('full'));
    expect(blocked(state)).toHaveLength(100);
    nowMs += 100_000;
    state.unavailable('new', new Error('full'));
    expect(blocked(state)).toEqual(['new']);
  });
});
