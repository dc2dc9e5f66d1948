import { describe, expect, it } from '@jest/globals';

import { Checker } from './checker.js';

describe('Checker', () => {
  it('finds nothing wrong if each acknowledged message has one output', () => {
    const checker = new Checker();
    for (const id of ['a', 'b']) {
      checker.attempt(id);
      checker.acknowledge(id);
      checker.output(id);
    }
    expect(checker.verdict()).toEqual({
      attempted: 2,
      acknowledged: 2,
      lost: [],
      duplicated: [],
      recovered: [],
      unexpected: [],
    });
  });

  it('lists lost, duplicated, recovered and unexpected messages', () => {
    const checker = new Checker();
    for (const id of ['lost', 'twice', 'recovered', 'never accepted']) checker.attempt(id);
    for (const id of ['lost', 'twice']) checker.acknowledge(id);
    for (const id of ['twice', 'twice', 'recovered', 'strange']) checker.output(id);
    expect(checker.verdict()).toEqual({
      attempted: 4,
      acknowledged: 2,
      lost: ['lost'],
      duplicated: ['twice'],
      recovered: ['recovered'],
      unexpected: ['strange'],
    });
  });
});
