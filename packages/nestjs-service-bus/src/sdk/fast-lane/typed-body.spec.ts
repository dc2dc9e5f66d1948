import { Section, TypeCode } from '@nestjs-service-bus/amqp-message';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import rhea from 'rhea';

import { anyValue } from '../../../../amqp-message/test/encoded-value.js';
import { decodeByRhea, partsOf, type TypedBody } from './typed-body.js';

const section = (code: number, ...encoded: Uint8Array[]): Buffer =>
  Buffer.concat([Buffer.of(TypeCode.described, TypeCode.smallUlong, code), ...encoded]);

/** As the SDK has it written. */
const written = (body: TypedBody | undefined): Buffer => {
  const sectionOfRhea = rhea.message.data_section(body?.encoded) as unknown as { typecode: number };
  sectionOfRhea.typecode = body?.typecode ?? 0;
  return rhea.message.encode({ body: sectionOfRhea });
};

describe('a body of AMQP’s own types', () => {
  it('is written byte by byte as it came, whatever it is', () => {
    fc.assert(
      fc.property(anyValue, ({ bytes }) => {
        const message = section(Section.value, bytes);
        const { body } = partsOf(message);
        const isBinary = bytes[0] === TypeCode.binary8 || bytes[0] === TypeCode.binary32;
        if (isBinary) expect(body).toBeUndefined();
        else expect(written(body).includes(message)).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  it('is nothing that rhea sees: all else it reads', () => {
    const properties = section(
      Section.properties,
      Buffer.of(TypeCode.list8, 4, 1, TypeCode.string8, 1, 0x6d),
    );
    const footer = section(
      Section.footer,
      Buffer.of(TypeCode.map8, 6, 2, TypeCode.symbol8, 1, 0x66, TypeCode.smallInt, 1),
    );
    const value = section(Section.value, Buffer.of(TypeCode.uuid, ...Array<number>(16).fill(0)));
    const message = decodeByRhea(Buffer.concat([properties, value, footer]));
    expect(message).toMatchObject({ message_id: 'm', footer: { f: 1 } });
    expect(message).toHaveProperty('body.content', '00000000-0000-0000-0000-000000000000');
  });

  it.each<[string, Buffer, RegExp]>([
    [
      'declares more than there is',
      Buffer.of(TypeCode.array32, 0, 0, 0, 5, 255, 255, 255, 255, TypeCode.null),
      /without a width/,
    ],
    ['is nested too deep', nested(300), /nested deeper than 256/],
    ['is cut short', Buffer.of(TypeCode.long, 1), /past its end/],
  ])('is refused before rhea reads it where it %s', (_what, bytes, why) => {
    expect(() => decodeByRhea(section(Section.value, bytes))).toThrow(why);
  });
});

function nested(depth: number): Buffer {
  let bytes = Buffer.of(TypeCode.list0);
  for (let level = 0; level < depth; level++) {
    const head = Buffer.alloc(9, TypeCode.list32);
    head.writeUInt32BE(bytes.length + 4, 1);
    head.writeUInt32BE(1, 5);
    bytes = Buffer.concat([head, bytes]);
  }
  return bytes;
}
