import { describe, expect, it } from '@jest/globals';

import { onlyEntityProblems } from './only-entity.js';
import { resolveBinding } from './resolve-binding.js';

describe('a connection string with the key of one entity', () => {
  it('is enough for a binding that uses nothing else, whatever the case of its name', () => {
    const bindings = [
      resolveBinding('a', { queue: 'Orders' }),
      resolveBinding('b', { topic: 'orders', subscription: 's' }),
    ];
    expect(onlyEntityProblems('orders', bindings)).toEqual([]);
    expect(onlyEntityProblems(undefined, [resolveBinding('a', {})])).toEqual([]);
  });

  it('is told of at the start where a binding reads or replies to another one', () => {
    const binding = resolveBinding('a', { queue: 'in', replyTo: 'out' });
    expect(onlyEntityProblems('in', [binding])).toEqual([
      expect.stringMatching(/"a" replies to out, .* for in alone/),
    ]);
    expect(onlyEntityProblems('other', [binding])).toHaveLength(2);
  });
});
