import { describe, expect, it } from '@jest/globals';

import { readCredentials } from './credentials.js';

describe('readCredentials', () => {
  it.each([
    [{ 'x-api-key': 'k' }, { kind: 'api-key', value: 'k' }],
    [{ authorization: 'Bearer t' }, { kind: 'bearer', value: 't' }],
    [{ authorization: 'bearer  t ' }, { kind: 'bearer', value: 't' }],
    [{ authorization: 'ApiKey k' }, { kind: 'api-key', value: 'k' }],
    [
      { 'x-api-key': 'k', authorization: 'Bearer t' },
      { kind: 'api-key', value: 'k' },
    ],
  ])('reads %j', (headers, credentials) => {
    expect(readCredentials(headers)).toEqual(credentials);
  });

  it.each([
    {},
    { 'x-api-key': '' },
    { authorization: 'Basic dTpw' },
    { authorization: 'Bearer' },
    { authorization: 'Bearer ' },
    { authorization: 'Bearer a b' },
    { authorization: 'Bearert' },
  ])('finds none in %j', (headers) => {
    expect(readCredentials(headers)).toBeUndefined();
  });
});
