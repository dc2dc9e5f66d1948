import { describe, expect, it } from '@jest/globals';

import { resolveBinding } from '../binding/resolve-binding.js';
import { describeOptions } from './describe-options.js';

class PoolStore {
  readonly pool = { password: 'secret', store: this };

  reserve(): Promise<never> {
    return Promise.reject(new Error('not asked'));
  }
}

describe('the options of a binding, described', () => {
  it.each([
    [new PoolStore(), 'PoolStore'],
    [{ password: 'secret', reserve: () => Promise.reject(new Error('not asked')) }, 'an object'],
    [PoolStore, 'PoolStore'],
    ['rates', 'rates'],
  ] as const)('tell nothing of what the store of a rate holds: %#', (store, shown) => {
    const options = { rate: { perSecond: 5, store } };
    const described = describeOptions(resolveBinding('work', options), [{ from: 'forFeature', options }]);
    expect(described).toContainEqual({ name: 'rate.store', value: shown, from: 'forFeature' });
    expect(JSON.stringify(described)).not.toContain('secret');
  });
});
