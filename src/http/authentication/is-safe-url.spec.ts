import { describe, expect, it } from '@jest/globals';

import { isSafeUrl } from './is-safe-url.js';

describe('isSafeUrl', () => {
  it.each([
    'https://login.example.com/tenant/v2.0',
    'http://127.0.0.1:8080/',
    'http://localhost',
    'http://[::1]:1/',
  ])('takes %s', (url) => {
    expect(isSafeUrl(url)).toBe(true);
  });

  it.each([
    'http://login.example.com',
    'http://127.0.0.1.example.com',
    'file:///keys.json',
    'login.example.com',
    '',
  ])('refuses %j', (url) => {
    expect(isSafeUrl(url)).toBe(false);
  });
});
