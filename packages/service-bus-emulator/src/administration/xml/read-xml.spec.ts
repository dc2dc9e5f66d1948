import { describe, expect, it } from '@jest/globals';

import { AdministrationError } from '../administration-error.js';
import { readXml } from './read-xml.js';
import { childOf, element } from './xml-element.js';
import { writeXml } from './write-xml.js';

const read = (text: string): ReturnType<typeof readXml> => readXml(Buffer.from(text));

function refusalOf(text: string | Uint8Array): string {
  try {
    readXml(Buffer.from(text as string));
  } catch (error) {
    if (error instanceof AdministrationError && error.status === 400) return error.message;
    throw error;
  }
  throw new Error('it was taken');
}

describe('readXml', () => {
  it('reads elements, attributes and text without their prefixes', () => {
    const root = read(
      '<?xml version="1.0" encoding="utf-8"?><a:entry xmlns:a="urn:a" xmlns:i="urn:i">\n <Filter i:type="x:SqlFilter"><Sql>1=1</Sql></Filter></a:entry>',
    );
    expect(root.name).toBe('entry');
    const filter = childOf(root, 'Filter');
    expect(filter?.attributes.get('type')).toBe('x:SqlFilter');
    expect(childOf(filter, 'Sql')?.text).toBe('1=1');
    expect(childOf(root, 'sql')).toBeUndefined();
  });

  it('preserves white space and digits', () => {
    expect(read('<a>  01.50 \n</a>').text).toBe('  01.50 \n');
  });

  it('decodes the five entities and numbers, in text and attributes, but not in CDATA', () => {
    expect(read('<a>&lt;&amp;&gt;&quot;&apos;&#65;&#x1F600;&amp;lt;</a>').text).toBe('<&>"\'A😀&lt;');
    expect(read('<a b="&quot;&#x41;"/>').attributes.get('b')).toBe('"A');
    expect(read('<a>1<![CDATA[<b>&amp;</b>]]>2</a>').text).toBe('1<b>&amp;</b>2');
  });

  it('reads what was written', () => {
    const text = ' a < b && "c" > \'d\'\n\t€ 😀 &#65; ]]> ';
    const document = element('a', [element('b', text, { c: text.trim() }), element('d', [])], { e: '' });
    expect(read(writeXml(document))).toEqual(document);
  });

  it('refuses a document type declaration, whatever it declares', () => {
    const bomb = '<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;">]><a>&y;</a>';
    expect(refusalOf(bomb)).toMatch(/document type/);
    expect(refusalOf('<?xml version="1.0"?> <!doctype a SYSTEM "file:///etc/passwd"><a/>')).toMatch(
      /document type/,
    );
  });

  it.each(['<a>&undeclared;</a>', '<a>&constructor;</a>', '<a>&#x110000;</a>', '<a b="&nbsp;"/>'])(
    'refuses the reference in %s',
    (text) => {
      expect(refusalOf(text)).toMatch(/reference|well-formed/);
    },
  );

  it.each([
    '',
    'text',
    '<a>',
    '<a></b>',
    '<a/><b/>',
    '<a b=c/>',
    '<a><b></a></b>',
    '{"a":1}',
    '<?xml version="1.0"?>',
  ])('refuses %j', (text) => {
    expect(refusalOf(text)).toMatch(/well-formed|root element/);
  });

  it('refuses what is not UTF-8', () => {
    expect(refusalOf(Buffer.from([0x3c, 0x61, 0x3e, 0xff, 0x3c, 0x2f, 0x61, 0x3e]))).toMatch(/UTF-8/);
  });

  it('refuses excessive depth', () => {
    const nested = (depth: number): string => '<a>'.repeat(depth) + '</a>'.repeat(depth);
    expect(read(nested(20)).name).toBe('a');
    expect(refusalOf(nested(100))).toMatch(/nested/i);
    expect(refusalOf(nested(100_000))).toMatch(/nested/i);
  });

  it('is not confused by names from Object.prototype', () => {
    expect(childOf(read('<a><b/></a>'), 'toString')).toBeUndefined();
    for (const name of ['__proto__', 'constructor', 'prototype']) {
      expect(refusalOf(`<a><${name}><polluted>1</polluted></${name}></a>`)).toMatch(/cannot be read/);
      expect(refusalOf(`<a ${name}="1"/>`)).toMatch(/cannot be read/);
    }
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});
