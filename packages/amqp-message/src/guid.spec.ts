import { randomUUID } from 'node:crypto';

import { describe, expect, it } from '@jest/globals';

import { guidText, swapGuidOrder, uuidText } from './guid.js';

const TEXT = '00112233-4455-6677-8899-aabbccddeeff';
const UUID = Buffer.from('00112233445566778899aabbccddeeff', 'hex');
const GUID = Buffer.from('33221100554477668899aabbccddeeff', 'hex');

describe('GUIDs', () => {
  it('have one text in the order of either', () => {
    expect(guidText(GUID)).toBe(TEXT);
    expect(uuidText(UUID)).toBe(TEXT);
    expect(uuidText(Buffer.concat([Buffer.of(0x98), UUID]), 1)).toBe(TEXT);
  });

  it('change their order both ways, and leave the bytes that they are given', () => {
    expect(swapGuidOrder(UUID)).toEqual(GUID);
    expect(swapGuidOrder(GUID)).toEqual(UUID);
    expect(UUID.toString('hex')).toBe('00112233445566778899aabbccddeeff');
  });

  it('change their order by their first eight bytes alone', () => {
    expect(swapGuidOrder(UUID.subarray(0, 8))).toEqual(GUID.subarray(0, 8));
  });

  it('are what Node makes, whichever they are', () => {
    for (let round = 0; round < 100; round++) {
      const text = randomUUID();
      const bytes = Buffer.from(text.replaceAll('-', ''), 'hex');
      expect([uuidText(bytes), guidText(swapGuidOrder(bytes))]).toEqual([text, text]);
    }
  });
});
