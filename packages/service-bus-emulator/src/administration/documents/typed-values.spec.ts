import { describe, expect, it } from '@jest/globals';
import { type PropertyValue } from '@nestjs-service-bus/rule-filter';

import { readXml } from '../xml/read-xml.js';
import { readTypedValues, writeTypedValues } from './typed-values.js';
import { type XmlElement } from '../xml/xml-element.js';
import { writeXml } from '../xml/write-xml.js';

function entry(type: string, value: string, key = 'key'): XmlElement {
  return readXml(
    Buffer.from(
      `<Properties xmlns:i="urn:i" xmlns:p="urn:p"><KeyValueOfstringanyType><Key>${key}</Key><Value i:type="p:${type}">${value}</Value></KeyValueOfstringanyType></Properties>`,
    ),
  );
}

const readOne = (type: string, value: string): PropertyValue | undefined =>
  readTypedValues(entry(type, value))?.get('key');

describe('readTypedValues', () => {
  it.each<[string, string, PropertyValue]>([
    ['string', ' as it stands ', ' as it stands '],
    ['string', '', ''],
    ['guid', '3f2504e0-4f89-11d3-9a0c-0305e82c3301', '3f2504e0-4f89-11d3-9a0c-0305e82c3301'],
    ['int', '-7', -7],
    ['long', '9007199254740993', 9_007_199_254_740_993n],
    ['unsignedByte', '+255', 255],
    ['double', '12.5', 12.5],
    ['double', '25', 25],
    ['double', '-1e3', -1_000],
    ['double', '-INF', -Infinity],
    ['decimal', '.5', 0.5],
    ['boolean', 'true', true],
    ['boolean', '0', false],
    ['dateTime', '2026-11-21T10:00:00.5Z', new Date('2026-11-21T10:00:00.500Z')],
    ['dateTime', '2026-11-21T10:00:00+02:00', new Date('2026-11-21T08:00:00Z')],
    ['dateTime', '2026-11-21T10:00:00', new Date('2026-11-21T10:00:00Z')],
  ])('reads the %s %j', (type, text, value) => {
    expect(readOne(type, text)).toEqual(value);
  });

  it.each([
    ['int', '1.5'],
    ['int', ''],
    ['int', '0x10'],
    ['double', 'much'],
    ['boolean', 'yes'],
    ['dateTime', 'today'],
    ['dateTime', '2026-13-45T00:00:00Z'],
  ])('refuses the %s %j', (type, text) => {
    expect(() => readOne(type, text)).toThrow(`The value '${text}' of 'key' is not of the type '${type}'.`);
  });

  it('refuses a type that a property cannot have', () => {
    expect(() => readOne('QName', 'a:b')).toThrow(/type 'QName', which is not supported/);
    expect(() => readOne('constructor', '1')).toThrow(/not supported/);
  });

  it('is not confused by keys that objects inherit', () => {
    const values = readTypedValues(entry('int', '1', '__proto__'));
    expect([...(values ?? [])]).toEqual([['__proto__', 1]]);
  });

  it('returns nothing for an absent or empty container', () => {
    expect(readTypedValues(undefined)).toBeUndefined();
    expect(readTypedValues(readXml(Buffer.from('<Parameters/>')))).toBeUndefined();
  });
});

describe('writeTypedValues', () => {
  it('writes what reads back the same', () => {
    const values = new Map<string, PropertyValue>([
      ['text', 'a <b> & "c"'],
      ['whole', 42],
      ['large', 5_000_000_000],
      ['huge', 9_007_199_254_740_993n],
      ['fraction', -0.25],
      ['yes', true],
      ['when', new Date(1_800_000_000_123)],
      ['nothing', null],
    ]);
    const written = writeXml(writeTypedValues('Properties', values)).replace(
      '<Properties>',
      '<Properties xmlns:i="urn:i">',
    );
    expect(readTypedValues(readXml(Buffer.from(written)))).toEqual(values);
  });

  it('writes a time beyond the range of a Date as empty', () => {
    expect(writeXml(writeTypedValues('Properties', new Map([['at', new Date(NaN)]])))).toMatch(
      /i:type="d6p1:dateTime"><\/Value>/,
    );
  });

  it('names types with a prefix of four characters, which the SDK removes', () => {
    const written = writeXml(writeTypedValues('Properties', new Map([['key', 1]])));
    expect(written).toMatch(/i:type="d6p1:int">1</);
  });
});
