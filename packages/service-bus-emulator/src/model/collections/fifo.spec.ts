import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { Fifo } from './fifo.js';

describe('Fifo', () => {
  it('behaves like an array with a fast shift', () => {
    const step = fc.oneof(
      { weight: 6, arbitrary: fc.integer().map((value) => ({ push: value })) },
      { weight: 5, arbitrary: fc.constant('shift' as const) },
      { weight: 1, arbitrary: fc.integer({ min: 1, max: 3 }).map((divisor) => ({ retain: divisor })) },
    );
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const fifo = new Fifo<number>();
        let plain: number[] = [];
        for (const one of steps) {
          if (one === 'shift') {
            expect(fifo.shift()).toBe(plain.shift());
          } else if ('push' in one) {
            fifo.push(one.push);
            plain.push(one.push);
          } else {
            fifo.retain((value) => value % one.retain === 0);
            plain = plain.filter((value) => value % one.retain === 0);
          }
          expect([fifo.size, fifo.peek(), fifo.last()]).toEqual([plain.length, plain[0], plain.at(-1)]);
        }
      }),
    );
  });

  it('stays in order beyond the size at which it compacts', () => {
    const fifo = new Fifo<number>();
    const out: (number | undefined)[] = [];
    for (let value = 0; value < 10_000; value += 1) {
      fifo.push(value);
      if (value % 3 !== 0) out.push(fifo.shift());
    }
    while (fifo.size > 0) out.push(fifo.shift());
    expect(out).toEqual(Array.from({ length: 10_000 }, (_, index) => index));
    expect(fifo.shift()).toBeUndefined();
  });
});
