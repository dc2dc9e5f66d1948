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

  it('takes over what the update has', () => {
    expect(
      changedDescription(current, { maxDeliveryCount: 3, forwardTo: 'other', userMetadata: '' }),
    ).toEqual({
      name: 'orders',
      maxDeliveryCount: 3,
      forwardTo: 'other',
      userMetadata: '',
    });
  });

  it('keeps what it leaves out, and clears what can only be cleared so', () => {
    const update = { maxDeliveryCount: undefined, forwardTo: undefined, userMetadata: undefined };
    expect(changedDescription(current, update)).toEqual({ name: 'orders', maxDeliveryCount: 10 });
  });
});
