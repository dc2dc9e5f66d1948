import { describe, expect, it } from '@jest/globals';

import { writeXml } from './write-xml.js';
import { element } from './xml-element.js';

describe('writeXml', () => {
  it('writes a document without white space between elements', () => {
    const document = element('a', [element('b', 1), element('c', true), element('d', [])], {
      xmlns: 'urn:a',
    });
    expect(writeXml(document)).toBe(
      '<?xml version="1.0" encoding="utf-8"?><a xmlns="urn:a"><b>1</b><c>true</c><d></d></a>',
    );
  });

  it('escapes text and attributes', () => {
    expect(writeXml(element('a', '<b>&"', { c: '"><x/>&' }))).toContain(
      '<a c="&quot;&gt;&lt;x/&gt;&amp;">&lt;b&gt;&amp;&quot;</a>',
    );
  });

  it('replaces characters that XML does not have', () => {
    expect(writeXml(element('a', 'x\u0000\u001b\uffffy\tz'))).toContain('<a>x���y\tz</a>');
  });
});
