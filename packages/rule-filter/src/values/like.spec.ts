import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { compileLike } from './like.js';

/** The definition of LIKE, by a table over all prefixes: slow and plain. */
function fits(text: string, pattern: string, escape: string): boolean {
  let reached = [true, ...text.split('').map(() => false)];
  for (let at = 0; at < pattern.length; at += 1) {
    const unit = pattern[at];
    const isEscaped = unit === escape;
    if (isEscaped) at += 1;
    const wanted = pattern[at];
    if (!isEscaped && unit === '%')
      reached = reached.map((_, end) => reached.slice(0, end + 1).includes(true));
    else {
      const isAny = !isEscaped && unit === '_';
      reached = reached.map(
        (_, end) => end > 0 && reached[end - 1] === true && (isAny || text[end - 1] === wanted),
      );
    }
  }
  return reached.at(-1) === true;
}

describe('LIKE', () => {
  it.each([
    ['', '', true],
    ['', 'a', false],
    ['%', '', true],
    ['%%', 'anything', true],
    ['_', '', false],
    ['abc', 'abc', true],
    ['abc', 'abcd', false],
    ['abc', 'Abc', false],
    ['a%', 'abc', true],
    ['%c', 'abc', true],
    ['%b%', 'abc', true],
    ['a%a', 'a', false],
    ['a%a', 'aa', true],
    ['a_c', 'abc', true],
    ['a_c', 'ac', false],
    ['%a_c%', 'xxabcxx', true],
    ['%ab%ab%', 'xabx', false],
    ['a.c', 'abc', false],
    ['[ab]', 'a', false],
    ['%\n%', 'a\nb', true],
    ['_', '😀', false],
    ['__', '😀', true],
  ])('%p of %p is %p', (pattern, text, expected) => {
    expect(compileLike(pattern)?.(text)).toBe(expected);
  });

  it.each([
    ['100!%', '100%', true],
    ['100!%', '1000', false],
    ['a!_b', 'a_b', true],
    ['a!_b', 'axb', false],
    ['!!', '!', true],
    ['!a', 'a', true],
  ])('with escape ! %p of %p is %p', (pattern, text, expected) => {
    expect(compileLike(pattern, '!')?.(text)).toBe(expected);
  });

  it('can escape with a wildcard', () => {
    expect(compileLike('%%', '%')?.('%')).toBe(true);
    expect(compileLike('%%', '%')?.('x')).toBe(false);
  });

  it('has no matcher for a pattern that ends on its escape or is over 1,024 characters long', () => {
    expect(compileLike('a!', '!')).toBeUndefined();
    expect(compileLike('a!')).toBeDefined();
    expect(compileLike('x'.repeat(1024))).toBeDefined();
    expect(compileLike('x'.repeat(1025))).toBeUndefined();
  });

  it('agrees with its definition', () => {
    const letters = (units: string[]) => fc.string({ unit: fc.constantFrom(...units), maxLength: 12 });
    fc.assert(
      fc.property(letters(['a', 'b', '!', '%', '_']), letters(['a', 'b', '%', '_', '!']), (text, pattern) => {
        const matcher = compileLike(pattern, '!');
        if (matcher) expect(matcher(text)).toBe(fits(text, pattern, '!'));
        else expect(pattern).toMatch(/!$/u);
      }),
      { numRuns: 2000 },
    );
  });

  it('stays fast on patterns that make backtracking matchers hang', () => {
    const matcher = compileLike(`${'%a'.repeat(300)}%b`);
    expect(matcher?.('a'.repeat(20_000))).toBe(false);
    const withGaps = compileLike(`${'%_a'.repeat(200)}%b_`);
    expect(withGaps?.('a'.repeat(20_000))).toBe(false);
  });
});
