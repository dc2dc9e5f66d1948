import { describe, expect, it } from '@jest/globals';

import { stripComments } from './strip-comments.js';

describe('stripComments', () => {
  it('blanks out comments to the end of a line and between marks', () => {
    expect(stripComments('{ // one\n  "a": 1 /* two */, "b": 2 }')).toBe(
      '{       \n  "a": 1          , "b": 2 }',
    );
  });

  it('keeps every position, over several lines too', () => {
    const text = '{ /* a\n b */ "x": oops }';
    const stripped = stripComments(text);
    expect(stripped.indexOf('oops')).toBe(text.indexOf('oops'));
    expect(stripped.split('\n')).toHaveLength(2);
  });

  it('leaves strings alone, whatever is in them', () => {
    const text = String.raw`{ "url": "sb://host/x", "quote": "\"// no comment", "path": "a/*b*/c", "end": "\\" }`;
    expect(stripComments(text)).toBe(text);
  });
});
