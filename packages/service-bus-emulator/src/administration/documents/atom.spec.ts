import { describe, expect, it } from '@jest/globals';

import { resourceUrl } from './atom.js';
import { entityAt, entityUri } from './entity-uri.js';

describe('resourceUrl', () => {
  it.each([
    ['orders', '/orders'],
    ['shop/events/Subscriptions/audit/Rules/$Default', '/shop/events/Subscriptions/audit/Rules/$Default'],
    ['a b?c#d%e', '/a%20b%3Fc%23d%25e'],
  ])('leads to %s', (path, pathname) => {
    const url = new URL(resourceUrl('localhost:5300', path, { $skip: 100 }));
    expect(url.host).toBe('localhost:5300');
    expect(url.pathname).toBe(pathname);
    expect(url.searchParams.get('$skip')).toBe('100');
    expect(url.searchParams.get('api-version')).toBe('2021-05');
  });
});

describe('the URI of an entity', () => {
  it('is read with and without scheme and host, and keeps the case of the path', () => {
    expect(entityAt('sb://host:5672/Shop/orders')).toBe('Shop/orders');
    expect(entityAt('SB://HOST/ORDERS/')).toBe('ORDERS');
    expect(entityAt('orders')).toBe('orders');
    expect(() => entityAt('sb://host:5672/')).toThrow(/no path/);
    expect(entityAt('')).toBeUndefined();
    expect(entityAt(undefined)).toBeUndefined();
  });

  it('is written with the host that the client knows', () => {
    expect(entityUri('HOST:5672', 'Orders')).toBe('sb://host:5672/Orders');
    expect(entityUri('host', undefined)).toBeUndefined();
  });
});
