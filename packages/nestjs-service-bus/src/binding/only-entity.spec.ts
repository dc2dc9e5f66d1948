import { describe, expect, it } from '@jest/globals';

import { onlyEntityProblems } from './only-entity.js';
import { type BindingOptions } from './binding.js';
import { resolveBinding } from './resolve-binding.js';

function key(entity?: string): string {
  const path = entity === undefined ? '' : `;EntityPath=${entity}`;
  return `Endpoint=sb://bus.example/;SharedAccessKeyName=a;SharedAccessKey=b${path}`;
}

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

  it('is told of only where a binding has no key of its own', () => {
    const own = { connectionString: key('in'), replyToConnectionString: key('out') };
    expect(onlyEntityProblems('x', [resolveBinding('a', { queue: 'in', replyTo: 'out', ...own })])).toEqual(
      [],
    );
    const half = resolveBinding('a', { queue: 'in', replyTo: 'out', connectionString: key('in') });
    expect(onlyEntityProblems('x', [half])).toEqual([expect.stringMatching(/set replyToConnectionString/)]);
  });
});

describe("a binding's own key", () => {
  const problemOf = (options: BindingOptions): string => {
    try {
      resolveBinding('a', options);
      return 'none';
    } catch (error) {
      return (error as Error).message;
    }
  };

  it.each<[BindingOptions, RegExp]>([
    [{ queue: 'in', connectionString: key('IN') }, /^none$/],
    [{ queue: 'in', connectionString: key() }, /^none$/],
    [{ queue: 'in/$DeadLetterQueue', connectionString: key('in') }, /^none$/],
    [{ topic: 't', subscription: 's', connectionString: key('t') }, /^none$/],
    [{ connectionString: key('a') }, /^none$/],
    [{ connectionString: key('b') }, /binding "a": connectionString is for b alone .* take one of a/],
    [{ replyTo: 'out', replyToConnectionString: key('in') }, /replyToConnectionString is for in alone/],
    [{ replyToConnectionString: key('out') }, /needs replyTo/],
    [{ connectionString: '' }, /connectionString is none: Endpoint=/],
    [{ connectionString: 'SharedAccessKey=hush' }, /^(?!.*hush).*connectionString is none/],
  ])('of %j: %s', (options, problem) => {
    expect(problemOf(options)).toMatch(problem);
  });
});
