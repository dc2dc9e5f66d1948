import { describe, it, expect } from '@jest/globals';

import { findPersonalData } from './find-personal-data.js';

describe('findPersonalData', () => {
  it.each([
    ['email', 'Write to (ada.lovelace@example.org), please.'],
    ['phone', 'Call me at +49 170 1234567 any time'],
    ['phone', 'my number is +1 (415) 555-2671.'],
    ['phone', 'Tel. 0170/1234567'],
    ['phone', 'ring (020) 7946 0958'],
    ['card', 'I paid with 4111 1111 1111 1111 twice'],
    ['card', 'card 5500-0000-0000-0004'],
    ['iban', 'send it to DE89 3704 0044 0532 0130 00 THANKS'],
    ['iban', 'GB33BUKB20201555555555'],
    ['ip', 'my router is 192.168.178.1, look'],
    ['ip', 'or 2001:db8::8a2e:370:7334'],
    ['social-security-number', 'SSN 219-09-9999'],
    ['name', 'Regards,\nAda  lovelace'],
    ['name', 'Lovelace again!'],
  ])('finds a %s in %j', (kind, text) => {
    expect(findPersonalData(text, 'Ada Lovelace')).toEqual([kind]);
  });

  it('finds a name in a script without blanks and capitals', () => {
    expect(findPersonalData('私は山田太郎です。', '山田太郎')).toEqual(['name']);
  });

  it.each([
    'Delivery took 14 days and 3.5 hours, order 1234567890.',
    'Rated 5/5 on 2024-01-31 at 10:30:15.',
    'Version 1.2.3 costs 1,000,000.00 EUR @ home',
    'Card 4111 1111 1111 1112 has a wrong check digit.',
    'It will be fine; I lovelaced it.',
    '',
  ])('finds none in %j', (text) => {
    expect(findPersonalData(text, 'Will Lovelace')).toEqual([]);
  });

  it.each(['0 ', '1-', '(0', 'AA11 ', 'a@', '1.', ':1', '+', '+1 ', 'Ada', '0/', '00('])(
    'reads 10,000 characters of %j quickly',
    (piece) => {
      const text = piece.repeat(Math.ceil(10_000 / piece.length));
      const start = performance.now();
      findPersonalData(text, 'Ada Lovelace');
      // A pattern that backtracks takes minutes here; the bound only has to be far from both.
      expect(performance.now() - start).toBeLessThan(2_000);
    },
  );
});
