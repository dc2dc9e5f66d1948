import { describe, expect, it } from '@jest/globals';

import { errorSignature } from './error-signature.js';

describe('errorSignature', () => {
  it.each([
    ['Error: order 4711 is gone', 'Error: order 8 is gone'],
    ['no such id 1b4e28ba-2fa1-11d2-883f-0016d3cca427', 'no such id 6FA459EA-EE8A-3CA4-894E-DB77E160355E'],
    ['key "a b" is taken', 'key "" is taken'],
    ["cannot read 'name' of undefined", "cannot read 'x.y' of undefined"],
    ['at 0x7fff is nothing', 'at 0xDEAD is nothing'],
    ['commit 9e9b9e7ac0ff is unknown', 'commit a6315c30 is unknown'],
    ['order-4711-b was refused', 'order-1 was refused'],
    ['timed out at 2026-11-28T20:46:00.123Z', 'timed out at 2025-01-01T00:00:00Z'],
    ['connect ECONNREFUSED 10.0.0.1:5432', 'connect ECONNREFUSED 127.0.0.1:80'],
    ['ETIMEDOUT after 3.5 s', 'ETIMEDOUT after 12.75 s'],
    ['Error: a\n    at f (file.ts:1:2)', 'Error: a\r\n    at g (other.ts:7:8)'],
  ])('is the same for %j and %j', (one, other) => {
    expect(errorSignature(one)).toBe(errorSignature(other));
  });

  it('keeps what tells errors apart', () => {
    expect(errorSignature("TypeError: can't read 'a'")).toBe("TypeError: can't read <text>");
    expect(errorSignature('Error: order 4711 is gone')).toBe('Error: order <n> is gone');
    expect(errorSignature('Error: facade added')).toBe('Error: facade added');
  });

  it('is of bounded length and time, whatever the text', () => {
    for (const piece of ['a', '1', 'a1-', '"', "'", '0x', '1.1.', '-', 'é']) {
      expect(errorSignature(piece.repeat(1_000_000)).length).toBeLessThanOrEqual(200);
    }
  });
});
