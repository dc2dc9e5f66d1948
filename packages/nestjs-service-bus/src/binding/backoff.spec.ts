import { describe, expect, it } from '@jest/globals';

import { backoff, DEFAULT_RETRY_POLICY } from './backoff.js';

describe('backoff', () => {
  it('doubles from one second to a minute', () => {
    const longest = [1, 2, 3, 4, 5, 6, 7, 8].map((attempt) =>
      backoff(DEFAULT_RETRY_POLICY, attempt, () => 1),
    );
    expect(longest).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
  });

  it('has full jitter: anything from nothing to the longest', () => {
    expect(backoff(DEFAULT_RETRY_POLICY, 3, () => 0)).toBe(0);
    expect(backoff(DEFAULT_RETRY_POLICY, 3, () => 0.5)).toBe(2_000);
  });

  it('stays at the longest wait for very many attempts', () => {
    expect(backoff(DEFAULT_RETRY_POLICY, 5_000, () => 1)).toBe(60_000);
  });
});
