import { createHmac } from 'node:crypto';

import { describe, expect, it } from '@jest/globals';

import { Namespace } from '../../model/namespace/namespace.js';
import { Authorizer } from './authorizer.js';
import { Keys } from './keys.js';
import { type Right } from './right.js';

const NOW_MS = 1_700_000_000_000;
const SAS = 'servicebus.windows.net:sastoken';
const namespace = new Namespace({ maxStoredBytes: Infinity, newId: () => '' });
namespace.createQueue(0, {
  name: 'orders',
  authorizationRules: [
    { keyName: 'sender', primaryKey: 'send-1', secondaryKey: 'send-2', rights: ['Send'] },
    { keyName: 'keyless', rights: ['Send', 'Listen'] },
  ],
});
const keys = new Keys([{ keyName: 'Root', primaryKey: 'secret', rights: ['Manage'] }], namespace);
const authorizer = new Authorizer({ keys, acceptAnyToken: false });
const all: ReadonlySet<Right> = new Set<Right>(['Manage', 'Send', 'Listen']);

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
      rights: all,
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
      { path: 'orders', rights: all, expiresAtMs: NOW_MS + 1 },
      { path: 'events', rights: all, expiresAtMs: NOW_MS },
    ];
    for (const address of ['orders', 'ORDERS/$management', 'orders/$DeadLetterQueue', 'sb://host/orders']) {
      expect(() => authorizer.authorize(claims, address, ['Send'], NOW_MS)).not.toThrow();
    }
    for (const address of ['orders2', 'order', 'events', 'events/Subscriptions/all', '']) {
      expect(refusal(() => authorizer.authorize(claims, address, ['Send'], NOW_MS))).toEqual(
        unauthorized(/required/),
      );
    }
    expect(() =>
      authorizer.authorize([{ path: '', rights: all, expiresAtMs: Infinity }], 'anything', ['Send'], NOW_MS),
    ).not.toThrow();
  });

  it('takes a shared access signature for one, whatever type it is given', () => {
    const signature = token('sb://host/orders');
    expect(authorizer.verify(signature, 'jwt', 'sb://host/orders', NOW_MS).path).toBe('orders');
    const bare = signature.replace('SharedAccessSignature ', '');
    expect(authorizer.verify(bare, SAS, 'sb://host/orders', NOW_MS).path).toBe('orders');
  });

  it.each(['send-1', 'send-2'])("grants what an entity's own key grants, for either secret (%s)", (key) => {
    const claim = authorizer.verify(
      token('sb://host/orders', { key, keyName: 'sender' }),
      SAS,
      'orders',
      NOW_MS,
    );
    expect(claim).toMatchObject({ path: 'orders', rights: new Set(['Send']) });
    expect(() => authorizer.authorize([claim], 'orders', ['Send'], NOW_MS)).not.toThrow();
    expect(refusal(() => authorizer.authorize([claim], 'orders', ['Listen', 'Manage'], NOW_MS))).toEqual(
      unauthorized(/'Listen,Manage' claim\(s\) are required.* Resource: 'orders'/),
    );
  });

  it("knows an entity's key nowhere else, and no rule without a key", () => {
    const sender = { key: 'send-1', keyName: 'sender' };
    for (const [resource, options] of [
      ['sb://host/', sender],
      ['sb://host/others', sender],
      ['sb://host/orders', { key: '', keyName: 'keyless' }],
    ] as const) {
      const wrong = token(resource, options);
      expect(refusal(() => authorizer.verify(wrong, SAS, 'sb://host/orders', NOW_MS))).toEqual(
        unauthorized(/InvalidSignature/),
      );
    }
  });

  it('grants by a key itself what its rule grants', () => {
    expect(authorizer.verifyKey('Root', 'secret')).toEqual([
      { path: '', rights: all, expiresAtMs: Infinity },
    ]);
    expect(authorizer.verifyKey('sender', 'send-2')).toEqual([
      { path: 'orders', rights: new Set(['Send']), expiresAtMs: Infinity },
    ]);
    for (const [name, key] of [
      ['Root', 'other'],
      ['other', 'secret'],
      ['keyless', ''],
    ] as const) {
      expect(authorizer.verifyKey(name, key)).toEqual([]);
    }
  });

  it('accepts anything if told to', () => {
    const trusting = new Authorizer({ keys, acceptAnyToken: true });
    expect(trusting.verify('anything', 'jwt', 'sb://host/orders', NOW_MS)).toEqual({
      path: 'orders',
      rights: all,
      expiresAtMs: Infinity,
    });
  });
});
