import { describe, expect, it } from '@jest/globals';

import { changedDescription } from './changed-description.js';

describe('changedDescription', () => {
  interface Description {
    name: string;
    maxDeliveryCount: number;
    forwardTo?: string;
    userMetadata?: string;
  }
  const current: Description = { name: 'orders', maxDeliveryCount: 10, forwardTo: 'next', userMetadata: 'x' };

  it('applies the properties of the update', () => {
    expect(
      changedDescription(current, { maxDeliveryCount: 3, forwardTo: 'other', userMetadata: '' }),
    ).toEqual({
      name: 'orders',
      maxDeliveryCount: 3,
      forwardTo: 'other',
      userMetadata: '',
    });
  });

  it('keeps what the update omits, and clears what can only be cleared by omission', () => {
    const update = { maxDeliveryCount: undefined, forwardTo: undefined, userMetadata: undefined };
    expect(changedDescription(current, update)).toEqual({ name: 'orders', maxDeliveryCount: 10 });
  });
});
