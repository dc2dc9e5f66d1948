import { describe, expect, it } from '@jest/globals';

import { type BindingOptions } from './binding.js';
import { describeBinding } from './describe-binding.js';
import { resolveBinding } from './resolve-binding.js';

const describeOptions = (options: BindingOptions): string =>
  describeBinding(resolveBinding('orders', options));

describe('a binding in the log', () => {
  it('says what it reads, where results go, and how many at once', () => {
    expect(describeOptions({})).toBe('orders: receives from orders, 16 at once');
    expect(describeOptions({ topic: 't', subscription: 's', replyTo: 'out', maxConcurrentCalls: 4 })).toBe(
      'orders: receives from t/Subscriptions/s, replies to out, 4 at once',
    );
    expect(describeOptions({ maxConcurrentCalls: 'auto' })).toBe(
      'orders: receives from orders, 16 at once (auto, up to 200)',
    );
    expect(describeOptions({ batch: { maxMessages: 100 } })).toBe(
      'orders: receives from orders, 5 at once, in batches of up to 100',
    );
    expect(describeOptions({ rate: { perSecond: 2.5 } })).toBe(
      'orders: receives from orders, 16 at once, at most 2.5 per second',
    );
    expect(describeOptions({ rate: { perSecond: 5, store: 'rates' } })).toBe(
      'orders: receives from orders, 16 at once, at most 5 per second, shared',
    );
  });
});
