import { hostname } from 'node:os';

import { describe, expect, it } from '@jest/globals';

import { refuseForeignPages } from './refuse-foreign-pages.js';

const refuse = refuseForeignPages(['0.0.0.0', 'SB.emulator', 'bus.example.com']);

describe('requests to the emulator over HTTP', () => {
  it.each([
    undefined,
    'localhost:5300',
    'LOCALHOST',
    '127.0.0.1:5672',
    '[::1]:5672',
    '192.168.1.7',
    'servicebus-emulator:5300',
    'host.docker.internal:5300',
    'bus.localhost',
    `${hostname()}:5300`,
    'sb.emulator:5300',
    'sb.emulator.:5300',
    'Bus.Example.com',
  ])('go to it by the host %s', (host) => {
    expect(refuse({ host })).toBeUndefined();
  });

  it.each(['evil.example', 'evil.example:5300', '127.0.0.1.evil.example', 'example.com', '', 'a b', 'a"<b>'])(
    'do not by the host %s',
    (host) => {
      expect(refuse({ host })?.status).toBe(421);
      expect(refuseForeignPages(['*'])({ host })).toBeUndefined();
    },
  );

  it.each([
    ['https://example.org', undefined],
    ['https://example.org', 'same-origin'],
    ['null', undefined],
    ['no URL', undefined],
    ['http://127.0.0.1.example.org', undefined],
    [undefined, 'cross-site'],
  ])('of a page with the origin %s, site %s, are refused', (origin, site) => {
    const headers = { host: '127.0.0.1:5300', origin, 'sec-fetch-site': site };
    expect(refuse(headers)?.status).toBe(403);
    expect(refuseForeignPages(['*'])(headers)?.status).toBe(403);
  });

  it.each([
    ['http://localhost:8080', 'cross-site'],
    ['http://[::1]:8080', 'same-site'],
    ['https://bus.example.com', 'same-origin'],
    [undefined, 'none'],
    [undefined, 'same-origin'],
  ])('of a page with the origin %s, site %s, are not', (origin, site) => {
    expect(refuse({ host: 'bus.example.com', origin, 'sec-fetch-site': site })).toBeUndefined();
  });
});
