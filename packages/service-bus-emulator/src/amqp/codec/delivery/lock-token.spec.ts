import { describe, expect, it } from '@jest/globals';

import { LockTokens } from './lock-token.js';

const PREFIX = Buffer.from('0011223344556677', 'hex');

describe('LockTokens', () => {
  const tokens = new LockTokens(PREFIX);

  it('forms a UUID from prefix and id', () => {
    expect(tokens.toUuid(0x1f_0203_0405_0607).toString('hex')).toBe('0011223344556677001f020304050607');
  });

  it('forms the same GUID as a delivery tag, in the byte order of .NET', () => {
    expect(tokens.toDeliveryTag(0x1f_0203_0405_0607).toString('hex')).toBe(
      '3322110055447766001f020304050607',
    );
  });

  it.each([0, 1, 0xffff_ffff, 0x1_0000_0000, Number.MAX_SAFE_INTEGER])('knows lock %d again', (lockId) => {
    expect(tokens.fromUuid(tokens.toUuid(lockId))).toBe(lockId);
    expect(tokens.fromDeliveryTag(tokens.toDeliveryTag(lockId))).toBe(lockId);
  });

  it.each([
    ['of another broker', new LockTokens(Buffer.alloc(8, 9)).toUuid(1)],
    ['of the wrong length', tokens.toUuid(1).subarray(1)],
    ['of no bytes', Buffer.alloc(0)],
    ['with a number that was never given', Buffer.concat([PREFIX, Buffer.alloc(8, 0xff)])],
    ['in the order of the other form', tokens.toDeliveryTag(1)],
  ])('does not know a token %s', (_name, token) => {
    expect(tokens.fromUuid(token)).toBeUndefined();
  });

  it('does not recognise a foreign delivery tag', () => {
    expect(tokens.fromDeliveryTag(Buffer.alloc(16, 9))).toBeUndefined();
    expect(tokens.fromDeliveryTag(Buffer.from('1'))).toBeUndefined();
    expect(tokens.fromDeliveryTag(tokens.toUuid(1))).toBeUndefined();
  });

  it('keeps a prefix of its own', () => {
    const prefix = Buffer.from(PREFIX);
    const kept = new LockTokens(prefix);
    prefix.fill(0);
    expect(kept.toUuid(1).subarray(0, 8)).toEqual(PREFIX);
  });

  it('requires a prefix of 8 bytes', () => {
    expect(() => new LockTokens(Buffer.alloc(7))).toThrow(RangeError);
  });
});
