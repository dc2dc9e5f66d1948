import { describe, expect, it } from '@jest/globals';

import { contradictions, declaredOptions, mergeOptions } from './declared-options.js';

const allow = (): boolean => true;

/** Its fields are nobody's business, and go round in a circle. */
class PoolStore {
  readonly pool = { password: 'secret', store: this };

  reserve(): Promise<never> {
    return Promise.reject(new Error('not asked'));
  }
}

describe('options of one binding from several places', () => {
  const sources = [
    { from: 'forFeature', options: { queue: 'orders', retry: { maxAttempts: 3 } } },
    {
      from: 'A.one',
      options: { retry: { delayMs: 5 }, batch: {}, allowReplyTo: allow, replyTo: undefined },
    },
    { from: 'A.two', options: { queue: 'orders', allowReplyTo: allow } },
  ];

  it('are put together, each with its place', () => {
    expect(mergeOptions(sources)).toEqual({
      queue: 'orders',
      retry: { maxAttempts: 3, delayMs: 5 },
      batch: {},
      allowReplyTo: allow,
    });
    expect(declaredOptions(sources)).toEqual([
      { path: 'queue', value: 'orders', from: 'forFeature' },
      { path: 'retry.maxAttempts', value: 3, from: 'forFeature' },
      { path: 'retry.delayMs', value: 5, from: 'A.one' },
      { path: 'batch', value: {}, from: 'A.one' },
      { path: 'allowReplyTo', value: allow, from: 'A.one' },
    ]);
  });

  it('are put together for a rate whose store is named by its class', () => {
    const rates = [
      { from: 'A.one', options: { rate: { perSecond: 5, store: PoolStore } } },
      { from: 'A.two', options: { rate: { perSecond: 5, key: 'api' } } },
    ];
    expect(contradictions(rates)).toEqual([]);
    expect(mergeOptions(rates)).toEqual({ rate: { perSecond: 5, store: PoolStore, key: 'api' } });
  });

  it('do not contradict each other where they say the same', () => {
    const list = { from: 'A.three', options: { allowReplyTo: ['a', 'b'] } };
    expect(contradictions(sources)).toEqual([]);
    expect(contradictions([list, { ...list, options: { allowReplyTo: ['a', 'b'] } }])).toEqual([]);
  });

  it.each([
    [
      { queue: 'orders' },
      { queue: 'Orders' },
      'queue is "orders" in A.one and "Orders" in A.two: keep one of them',
    ],
    [
      { allowReplyTo: allow },
      { allowReplyTo: ['a'] },
      'allowReplyTo is a function in A.one and ["a"] in A.two: keep one of them',
    ],
    [
      { circuitBreaker: true },
      { circuitBreaker: { minMessages: 3 } },
      'circuitBreaker is true in A.one and {"minMessages":3} in A.two: keep one of them',
    ],
    [
      { maxConcurrentCalls: { max: 5 } },
      { maxConcurrentCalls: 5 },
      'maxConcurrentCalls is {"max":5} in A.one and 5 in A.two: keep one of them',
    ],
    [
      { rate: { perSecond: 5, store: new PoolStore() } },
      { rate: { perSecond: 5, store: 'rates' } },
      'rate.store is PoolStore in A.one and "rates" in A.two: keep one of them',
    ],
  ] as const)('contradict each other: %j, %j', (one, two, line) => {
    const both = [
      { from: 'A.one', options: one },
      { from: 'A.two', options: two },
    ];
    expect(contradictions(both)).toEqual([line]);
  });
});
