import { describe, expect, it } from '@jest/globals';

import { RestartDelay } from './restart-delay.js';

describe('RestartDelay', () => {
  it('starts a worker again at once that has worked for long', () => {
    const delay = new RestartDelay();
    for (let end = 0; end < 100; end++) expect(delay.afterEnd(10_000)).toBe(0);
  });

  it('waits longer each time for one that ends quickly, and gives up', () => {
    const delay = new RestartDelay();
    const delaysMs = [0, 9_999, 0, 20, 0].map((workedMs) => delay.afterEnd(workedMs));
    expect(delaysMs).toEqual([250, 500, 1_000, 2_000, undefined]);
  });

  it('forgets quick ends once the worker has worked', () => {
    const delay = new RestartDelay();
    const delaysMs = [0, 0, 0, 0, 60_000, 0].map((workedMs) => delay.afterEnd(workedMs));
    expect(delaysMs).toEqual([250, 500, 1_000, 2_000, 0, 250]);
  });
});
