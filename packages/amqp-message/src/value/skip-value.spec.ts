import { describe, expect, it } from '@jest/globals';

import { MalformedMessageError } from './malformed-message-error.js';
import { SkipBudget, skipValue } from './skip-value.js';

const bytesOf = (hex: string): Buffer => Buffer.from(hex.replaceAll(' ', ''), 'hex');
const skip = (hex: string, budget = new SkipBudget()): number => {
  const bytes = bytesOf(hex);
  return skipValue(bytes, 0, bytes.length, budget);
};

function problemOf(hex: string, budget?: SkipBudget): string {
  try {
    skip(hex, budget);
  } catch (error) {
    if (error instanceof MalformedMessageError) return error.what;
    throw error;
  }
  return 'none';
}

describe('skipValue', () => {
  it.each([
    ['null', '40', 1],
    ['ubyte', '50 07', 2],
    ['short', '61 0007', 3],
    ['float', '72 00000000', 5],
    ['timestamp', '83 0000000000000000', 9],
    ['uuid', `98 ${'00'.repeat(16)}`, 17],
    ['string of 8 bits', 'a1 02 6162', 4],
    ['binary of 32 bits', 'b0 00000002 6162', 7],
    ['empty list', '45', 1],
    ['list of 8 bits', 'c0 03 02 40 41', 5],
    ['map of 32 bits', 'd1 00000008 00000002 a101 61 40', 13],
    ['array of uints', 'e0 0a 02 70 00000001 00000002', 12],
    ['array of strings', 'f0 0000000b 00000002 a1 0161 03626364', 16],
    ['array of lists', 'e0 07 02 c0 0100 020140', 9],
    ['array of described values', 'e0 07 02 00 53 70 50 01 02', 9],
    ['described value', '00 53 70 45', 4],
    ['described value whose descriptor is described', '00 00 53 01 53 02 40', 7],
  ])('finds the end of a %s', (_name, hex, end) => {
    expect(skip(`${hex} ffff`)).toBe(end);
  });

  it.each([
    ['nothing', '', 'a value is missing'],
    ['a code that does not exist', '4f', 'unknown type code 0x4f'],
    ['a code below all types', '10', 'unknown type code 0x10'],
    ['a cut-off number', '70 0000', 'a value runs past its end'],
    ['a string longer than what is there', 'a1 05 6162', 'a value runs past its end'],
    ['a string of 4 GB', 'b1 ffffffff 6162', 'a value runs past its end'],
    ['a cut-off length', 'b1 0000', 'a value runs past its end'],
    ['a list without a count', 'c0 00', 'a value runs past its end'],
    ['a list of 4 billion elements', 'd0 00000005 ffffffff 40', 'more elements declared than there are'],
    ['a list with bytes left', 'c0 03 01 40 40', 'fewer elements declared than there are'],
    ['a list whose element crosses its end', 'c0 02 01 70 00000000', 'a value runs past its end'],
    ['a map with a lone key', 'c1 02 01 40', 'a map with a key that has no value'],
    ['an array without a constructor', 'e0 01 00', 'an array without a constructor'],
    ['an empty array of unknown elements', 'e0 02 00 99', 'unknown type code 0x99'],
    ['an array with bytes left', 'e0 05 02 50 01 02 03', 'fewer elements declared than there are'],
    ['an array with an unknown element', 'e0 03 01 99 00', 'unknown type code 0x99'],
    ['an array that is too short', 'e0 06 02 70 00000001', 'a value runs past its end'],
    ['a descriptor without a value', '00 53 70', 'a value is missing'],
  ])('refuses %s', (_name, hex, problem) => {
    expect(problemOf(hex)).toBe(problem);
  });

  it('refuses elements without a width beyond its limit, however they are spread', () => {
    const five = 'f0 00000005 00000005 40';
    expect(problemOf(five, new SkipBudget(32, 5))).toBe('none');
    expect(problemOf(five, new SkipBudget(32, 4))).toBe('more than 4 elements without a width');
    const twice = `c0 15 02 ${five} ${five}`;
    expect(problemOf(twice, new SkipBudget(32, 9))).toBe('more than 9 elements without a width');
    expect(problemOf(twice, new SkipBudget(32, 10))).toBe('none');
    expect(problemOf('f0 00000005 004c4b40 45')).toBe('more than 1024 elements without a width');
  });

  it('starts counting anew once the budget is renewed', () => {
    const budget = new SkipBudget(32, 5);
    skip('f0 00000005 00000005 40', budget);
    budget.renew();
    expect(skip('f0 00000005 00000005 40', budget)).toBe(10);
  });

  const nestedLists = (depth: number): Buffer => {
    let bytes = Buffer.of(0x45);
    for (let index = 0; index < depth; index++) {
      const head = Buffer.alloc(9);
      head[0] = 0xd0;
      head.writeUInt32BE(bytes.length + 4, 1);
      head.writeUInt32BE(1, 5);
      bytes = Buffer.concat([head, bytes]);
    }
    return bytes;
  };

  it('allows values to nest as deeply as the limit, and no deeper', () => {
    expect(problemOf(nestedLists(32).toString('hex'))).toBe('none');
    expect(problemOf(nestedLists(33).toString('hex'))).toBe('values nested deeper than 32');
    expect(problemOf(nestedLists(3).toString('hex'), new SkipBudget(2))).toBe('values nested deeper than 2');
  });

  it.each([
    ['lists', nestedLists(7_000).toString('hex')],
    ['descriptors', '00'.repeat(100_000)],
    ['descriptors in front of values', '0040'.repeat(100_000)],
    ['descriptors of array elements', `f0 000186a4 00000001 ${'0040'.repeat(50_000)}`],
  ])('refuses %s nested without end', (_name, hex) => {
    expect(problemOf(hex)).toBe('values nested deeper than 32');
  });

  it('says where the problem is', () => {
    expect(() => skip('c0 04 02 40 4f 40')).toThrow(new MalformedMessageError(4, 'unknown type code 0x4f'));
    expect(() => skip('c0 04 02 40 4f 40')).toThrow('unknown type code 0x4f (at byte 4)');
  });
});
