import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import rhea from 'rhea';

import { Section } from './section.js';
import { ValueWriter } from './value-writer.js';

interface Reader {
  read(): { readonly value: unknown };
  remaining(): number;
}
const { Reader } = rhea.types as unknown as { readonly Reader: new (bytes: Buffer) => Reader };

/** Written into a buffer that has to grow. */
function written(write: (writer: ValueWriter) => void): Buffer {
  const writer = new ValueWriter(1);
  write(writer);
  return writer.written();
}

/** The value as rhea reads it; nothing may be left over. */
function readBack(bytes: Buffer): unknown {
  const reader = new Reader(bytes);
  const { value } = reader.read();
  expect(reader.remaining()).toBe(0);
  return value;
}

describe('ValueWriter', () => {
  it.each<[string, (writer: ValueWriter) => void, string]>([
    ['null', (writer) => writer.null(), '40'],
    ['true', (writer) => writer.boolean(true), '41'],
    ['false', (writer) => writer.boolean(false), '42'],
    ['a uint of 0', (writer) => writer.uint(0), '43'],
    ['a uint of one byte', (writer) => writer.uint(255), '52ff'],
    ['a uint', (writer) => writer.uint(4_294_967_295), '70ffffffff'],
    ['a ulong of 0', (writer) => writer.ulong(0), '44'],
    ['a ulong of one byte', (writer) => writer.ulong(255), '53ff'],
    ['a ulong', (writer) => writer.ulong(Number.MAX_SAFE_INTEGER), '80001fffffffffffff'],
    ['an int of one byte', (writer) => writer.int(-128), '5480'],
    ['an int', (writer) => writer.int(-2_147_483_648), '7180000000'],
    ['a long', (writer) => writer.long(Number.MIN_SAFE_INTEGER), '81ffe0000000000001'],
    ['a bigint that fits a long', (writer) => writer.bigint(-(2n ** 63n)), '818000000000000000'],
    ['a bigint that only fits a ulong', (writer) => writer.bigint(2n ** 64n - 1n), '80ffffffffffffffff'],
    ['a double', (writer) => writer.double(1.5), '823ff8000000000000'],
    ['a timestamp', (writer) => writer.timestamp(1_700_000_000_000), '830000018bcfe56800'],
    ['a timestamp before 1970', (writer) => writer.timestamp(-1), '83ffffffffffffffff'],
    ['a string', (writer) => writer.string('é'), 'a102c3a9'],
    ['a symbol', (writer) => writer.symbol('ab'), 'a3026162'],
    ['short binary data', (writer) => writer.binary(Buffer.of(0, 255)), 'a00200ff'],
    ['a text as binary data', (writer) => writer.binaryText('é'), 'b000000002c3a9'],
    ["a section's descriptor", (writer) => writer.descriptor(Section.data), '005375'],
  ])('writes %s', (_what, write, hex) => {
    expect(written(write).toString('hex')).toBe(hex);
  });

  it.each(['', 'x'.repeat(85), 'x'.repeat(86), 'é'.repeat(200), '😀'.repeat(400), 'x'.repeat(70_000)])(
    'writes texts of any length',
    (text) => {
      expect(readBack(written((writer) => writer.string(text)))).toBe(text);
      const binary = readBack(written((writer) => writer.binaryText(text))) as Buffer;
      expect(binary.toString()).toBe(text);
    },
  );

  it.each([0, 255, 256, 70_000])('writes binary data of %d bytes', (length) => {
    const bytes = Buffer.alloc(length, 7);
    const encoded = written((writer) => writer.binary(bytes));
    expect((readBack(encoded) as Buffer).equals(bytes)).toBe(true);
    expect(encoded).toHaveLength(length + (length < 256 ? 2 : 5));
  });

  it('writes integers that rhea reads as they were', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.integer(), (wide, narrow) => {
        expect(readBack(written((writer) => writer.long(wide)))).toBe(wide);
        expect(readBack(written((writer) => writer.ulong(Math.abs(wide))))).toBe(Math.abs(wide));
        expect(readBack(written((writer) => writer.int(narrow)))).toBe(narrow);
        expect(readBack(written((writer) => writer.uint(narrow >>> 0)))).toBe(narrow >>> 0);
        expect(readBack(written((writer) => writer.bigint(BigInt(wide))))).toBe(wide);
      }),
    );
  });

  it('writes lists and maps', () => {
    const bytes = written((writer) => {
      const list = writer.beginList();
      writer.string('a');
      const map = writer.beginMap();
      writer.string('key');
      writer.uint(5);
      writer.end(map, 2);
      writer.end(list, 2);
    });
    expect(bytes.toString('hex')).toBe(
      'd000000017' + '00000002' + 'a10161' + 'd10000000b00000002a1036b65795205',
    );
  });

  it('writes a short list', () => {
    const bytes = written((writer) => {
      const list = writer.beginShortList();
      writer.null();
      writer.uint(300);
      writer.endShort(list, 2);
    });
    expect(bytes.toString('hex')).toBe('c007024070' + '0000012c');
  });

  it.each([
    [0, 'c00100'],
    [254, 'c0fffe' + '40'.repeat(254)],
    [255, 'd000000103000000ff' + '40'.repeat(255)],
    [256, 'd00000010400000100' + '40'.repeat(256)],
  ])('writes a list of %d bytes in its shortest form', (count, hex) => {
    const bytes = written((writer) => {
      const list = writer.beginList();
      for (let index = 0; index < count; index++) writer.null();
      writer.endCompact(list, count);
    });
    expect(bytes.toString('hex')).toBe(hex);
  });

  it('writes a map in its shortest form, and goes on behind it', () => {
    const bytes = written((writer) => {
      const map = writer.beginMap();
      writer.string('a');
      writer.null();
      writer.endCompact(map, 2);
      writer.boolean(true);
    });
    expect(bytes.toString('hex')).toBe('c10502a1016140' + '41');
  });

  it('copies what is encoded already, and what it has written', () => {
    const bytes = written((writer) => {
      writer.null();
      writer.encoded(Buffer.from('ff5207ff', 'hex'), 1, 3);
      writer.again(1, 3);
    });
    expect(bytes.toString('hex')).toBe('4052075207');
  });

  it('fills in binary data whose length is known in the end', () => {
    const bytes = written((writer) => {
      const data = writer.beginBinary();
      writer.string('x'.repeat(5_000));
      writer.endBinary(data);
    });
    expect(readBack(bytes)).toHaveLength(5_005);
  });
});
