import { describe, expect, it } from '@jest/globals';
import rhea from 'rhea';

import { type AmqpValue, readPropertyValue, readValue } from './read-value.js';
import { SkipBudget, skipValue } from './skip-value.js';

const read = (hex: string): AmqpValue => {
  const bytes = Buffer.from(hex.replaceAll(' ', ''), 'hex');
  expect(skipValue(bytes, 0, bytes.length, new SkipBudget())).toBe(bytes.length);
  return readValue(bytes, 0);
};

describe('readValue', () => {
  it.each<[string, string, AmqpValue]>([
    ['null', '40', null],
    ['true', '41', true],
    ['false', '42', false],
    ['boolean true', '56 01', true],
    ['boolean false', '56 00', false],
    ['ubyte', '50 ff', 255],
    ['byte', '51 ff', -1],
    ['ushort', '60 ffff', 65_535],
    ['short', '61 8000', -32_768],
    ['uint', '70 ffffffff', 4_294_967_295],
    ['smalluint', '52 80', 128],
    ['uint0', '43', 0],
    ['int', '71 80000000', -2_147_483_648],
    ['smallint', '54 80', -128],
    ['ulong', '80 001fffffffffffff', Number.MAX_SAFE_INTEGER],
    ['ulong beyond 2^53', '80 ffffffffffffffff', 18_446_744_073_709_551_615n],
    ['smallulong', '53 ff', 255],
    ['ulong0', '44', 0],
    ['long', '81 fffffffffffffffe', -2],
    ['smallest exact long', '81 ffe0000000000001', Number.MIN_SAFE_INTEGER],
    ['long just beyond 2^53', '81 0020000000000001', 9_007_199_254_740_993n],
    ['smallest long', '81 8000000000000000', -9_223_372_036_854_775_808n],
    ['smalllong', '55 ff', -1],
    ['float', '72 3fc00000', 1.5],
    ['double', '82 3ff8000000000000', 1.5],
    ['char', '73 0001f600', '😀'],
    ['char outside Unicode', '73 00110000', '\ufffd'],
    ['decimal32', '74 01020304', new Uint8Array([1, 2, 3, 4])],
    ['timestamp', '83 0000018bcfe56800', new Date(1_700_000_000_000)],
    ['timestamp before 1970', '83 ffffffffffffffff', new Date(-1)],
    ['timestamp that no Date can tell', '83 7fffffffffffffff', new Date(8.64e15)],
    ['uuid', '98 00112233445566778899aabbccddeeff', '00112233-4455-6677-8899-aabbccddeeff'],
    ['binary', 'a0 02 00ff', new Uint8Array([0, 255])],
    ['long binary', 'b0 00000002 00ff', new Uint8Array([0, 255])],
    ['string', 'a1 02 c3a9', 'é'],
    ['long string', 'b1 00000002 c3a9', 'é'],
    ['symbol', 'a3 02 6162', 'ab'],
    ['long symbol', 'b3 00000002 6162', 'ab'],
    ['empty list', '45', []],
    ['list', 'c0 06 03 40 a10161 41', [null, 'a', true]],
    [
      'map',
      'c1 0a 04 a10161 5001 a10162 45',
      new Map<AmqpValue, AmqpValue>([
        ['a', 1],
        ['b', []],
      ]),
    ],
    ['map whose keys are numbers', 'd1 00000008 00000002 5301 5402', new Map([[1, 2]])],
    ['array', 'e0 04 02 54 01ff', [1, -1]],
    ['array of strings', 'f0 0000000a 00000002 a1 0161 026263', ['a', 'bc']],
    ['array of lists', 'e0 07 02 c0 0100 020140', [[], [null]]],
    ['array of described values', 'e0 07 02 00 53 70 50 01 02', [1, 2]],
    ['array of nothing but a count', 'e0 02 03 41', [true, true, true]],
    ['described value', '00 53 70 a1 01 61', 'a'],
  ])('reads a %s', (_name, hex, value) => {
    expect(read(hex)).toEqual(value);
  });

  it('reads what rhea writes, however nested', () => {
    const { types } = rhea;
    const nested = types.wrap_map({
      list: types.wrap_list([
        types.wrap_long(-1),
        types.wrap_map({ id: types.wrap_uuid(Buffer.alloc(16, 0xab)) }),
      ]),
      at: types.wrap_timestamp(1_700_000_000_000),
      text: types.wrap_string('x'.repeat(300)),
    });
    const bytes = rhea.message.encode({ body: nested });
    // Behind the descriptor of the one section that matters: amqp-value.
    const value = readValue(bytes, bytes.indexOf(Buffer.from('005377', 'hex')) + 3);
    expect(value).toEqual(
      new Map<AmqpValue, AmqpValue>([
        ['list', [-1, new Map([['id', 'abababab-abab-abab-abab-abababababab']])]],
        ['at', new Date(1_700_000_000_000)],
        ['text', 'x'.repeat(300)],
      ]),
    );
  });

  it('copies binary values', () => {
    const bytes = Buffer.from('a00201ff', 'hex');
    const value = readValue(bytes, 0);
    bytes.fill(0);
    expect(value).toEqual(new Uint8Array([1, 255]));
  });
});

describe('readPropertyValue', () => {
  it.each(['45', 'c1 01 00', 'e0 02 00 40'])('has nothing for a collection (%s)', (hex) => {
    expect(readPropertyValue(Buffer.from(hex.replaceAll(' ', ''), 'hex'), 0)).toBeNull();
  });

  it('returns any other value', () => {
    expect(readPropertyValue(Buffer.from('a10161', 'hex'), 0)).toBe('a');
  });
});
