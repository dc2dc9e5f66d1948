import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { SequenceLog } from './sequence-log.js';

const number = fc.integer({ min: 1, max: 2_000 });

describe('SequenceLog', () => {
  it('behaves like a sorted map, whatever the order of insertion', () => {
    const step = fc.record({ add: fc.boolean(), number });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 400 }), number, (steps, from) => {
        const log = new SequenceLog<string>();
        const plain = new Map<number, string>();
        for (const { add, number: sequenceNumber } of steps) {
          if (!add) expect(log.delete(sequenceNumber)).toBe(plain.delete(sequenceNumber));
          else if (!plain.has(sequenceNumber)) {
            log.add(sequenceNumber, `${sequenceNumber}`);
            plain.set(sequenceNumber, `${sequenceNumber}`);
          }
          expect(log.get(sequenceNumber)).toBe(plain.get(sequenceNumber));
        }
        const sorted = [...plain.keys()].sort((a, b) => a - b);
        expect(log.size).toBe(plain.size);
        expect([...log.from(0)]).toEqual(sorted.map(String));
        expect([...log.from(from)]).toEqual(sorted.filter((present) => present >= from).map(String));
      }),
    );
  });

  it('continues after a gap of any width', () => {
    const log = new SequenceLog<string>();
    log.add(7, 'seven');
    log.add(1_000_000, 'a million');
    expect([...log.from(8)]).toEqual(['a million']);
    expect(log.get(500)).toBeUndefined();
    expect(log.delete(500)).toBe(false);
  });

  it.each([-5, 0, 0.5, NaN, Infinity])('takes the number %s, which nothing can have', (strange) => {
    const log = new SequenceLog<string>();
    log.add(1, 'one');
    expect(log.get(strange)).toBeUndefined();
    expect(log.delete(strange)).toBe(false);
    expect([...log.from(strange)]).toEqual(strange < 1 ? ['one'] : []);
  });

  it('is empty once cleared', () => {
    const log = new SequenceLog<string>();
    log.add(1, 'one');
    log.clear();
    expect([log.size, log.get(1), [...log.from(0)]]).toEqual([0, undefined, []]);
  });
});
