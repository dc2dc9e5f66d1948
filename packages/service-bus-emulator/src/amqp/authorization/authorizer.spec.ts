import { createHmac } from 'node:crypto';

import { describe, expect, it } from '@jest/globals';

import { Authorizer } from './authorizer.js';

const NOW_MS = 1_700_000_000_000;
const SAS = 'servicebus.windows.net:sastoken';
const authorizer = new Authorizer({ keyName: 'Root', key: 'secret', acceptAnyToken: false });

function token(
  resource: string,
  { key = 'secret', keyName = 'Root', expirySeconds = NOW_MS / 1000 + 60 } = {},
): string {
  const encoded = encodeURIComponent(resource);
  const signature = createHmac('sha256', key).update(`${encoded}\n${expirySeconds}`).digest('base64');
  return `SharedAccessSignature sr=${encoded}&sig=${encodeURIComponent(signature)}&se=${expirySeconds}&skn=${keyName}`;
}
const unauthorized = (message: RegExp): unknown =>
  expect.objectContaining({
    condition: 'amqp:unauthorized-access',
    message: expect.stringMatching(message) as unknown,
  });
const refusal = (action: () => unknown): unknown => {
  try {
    return action();
  } catch (error) {
    return error;
  }
};

describe('Authorizer', () => {
  it('grants what a token is for, until it expires', () => {
    expect(authorizer.verify(token('sb://host/Orders'), SAS, 'sb://host:5672/orders', NOW_MS)).toEqual({
      path: 'orders',
      expiresAtMs: NOW_MS + 60_000,
    });
    expect(authorizer.verify(token('sb://host/'), SAS, 'sb://host/orders/$management', NOW_MS).path).toBe('');
  });

  it('accepts every signature, even with a plus sign that is not escaped', () => {
    for (let count = 0; count < 200; count += 1) {
      const plain = token(`sb://host/orders${count}`).replaceAll('%2B', '+');
      expect(() => authorizer.verify(plain, SAS, `sb://host/orders${count}`, NOW_MS)).not.toThrow();
    }
  });

  it.each([
    ['another key', token('sb://host/orders', { key: 'other' }), /InvalidSignature/],
    ['another key name', token('sb://host/orders', { keyName: 'Other' }), /InvalidSignature/],
    ['an age', token('sb://host/orders', { expirySeconds: NOW_MS / 1000 }), /ExpiredToken/],
    ['an age that is no number', token('sb://host/orders', { expirySeconds: NaN }), /ExpiredToken/],
    ['another entity', token('sb://host/others'), /InvalidAudience/],
    ['the beginning of the name', token('sb://host/order'), /InvalidAudience/],
    ['nothing', '', /InvalidSignature/],
  ])('refuses a token with %s', (_what, text, message) => {
    expect(refusal(() => authorizer.verify(text, SAS, 'sb://host/orders', NOW_MS))).toEqual(
      unauthorized(message),
    );
  });

  it('refuses tokens of another kind', () => {
    expect(refusal(() => authorizer.verify('e30.e30.x', 'jwt', 'sb://host/orders', NOW_MS))).toEqual(
      unauthorized(/jwt/),
    );
  });

  it('allows using an entity with a claim to it or to what contains it, and with no other', () => {
    const claims = [
      { path: 'orders', expiresAtMs: NOW_MS + 1 },
      { path: 'events', expiresAtMs: NOW_MS },
    ];
    for (const address of ['orders', 'ORDERS/$management', 'orders/$DeadLetterQueue', 'sb://host/orders']) {
      expect(() => authorizer.authorize(claims, address, NOW_MS)).not.toThrow();
    }
    for (const address of ['orders2', 'order', 'events', 'events/Subscriptions/all', '']) {
      expect(refusal(() => authorizer.authorize(claims, address, NOW_MS))).toEqual(unauthorized(/required/));
    }
    expect(() =>
      authorizer.authorize([{ path: '', expiresAtMs: Infinity }], 'anything', NOW_MS),
    ).not.toThrow();
  });

  it('accepts anything if told to', () => {
    const trusting = new Authorizer({ keyName: 'Root', key: 'secret', acceptAnyToken: true });
    expect(trusting.verify('anything', 'jwt', 'sb://host/orders', NOW_MS)).toEqual({
      path: 'orders',
      expiresAtMs: Infinity,
    });
  });
});
