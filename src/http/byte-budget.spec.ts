import { describe, expect, it } from '@jest/globals';

import { ByteBudget } from './byte-budget.js';

describe('ByteBudget', () => {
  it('gives as much as there is, and takes each part back once', () => {
    const budget = new ByteBudget(10);
    const giveBack = budget.take(6);
    expect(budget.take(5)).toBeUndefined();
    expect(budget.take(4)).toBeDefined();
    expect(budget.freeBytes).toBe(0);
    giveBack?.();
    giveBack?.();
    expect(budget.freeBytes).toBe(6);
  });
});
