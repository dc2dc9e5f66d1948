import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';

import { describe, expect, it } from '@jest/globals';

import { retryAfterMs } from './retry-after.js';
import { RetryException } from './retry.exception.js';

const NOW_MS = Date.UTC(2026, 10, 29, 12, 0, 0);
const IN_A_MINUTE = 'Sun, 29 Nov 2026 12:01:00 GMT';
const raw = { 'Retry-After': '7' };

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

describe('retryAfterMs', () => {
  it.each<[string, unknown, number]>([
    ['seconds', '120', 120_000],
    ['a number of seconds', 2.5, 2_500],
    ['an HTTP date', IN_A_MINUTE, 60_000],
    ['an obsolete HTTP date', 'Sunday, 29-Nov-26 12:01:00 GMT', 60_000],
    ['an HTTP date in the form that names no zone', 'Sun Nov 29 12:01:00 2026', 60_000],
    ['a Date', new Date(NOW_MS + 5_000), 5_000],
    ['more seconds than there are', '9'.repeat(400), Infinity],
    ['a fraction of any length', '1.25000', 1_250],
    ['what stands there twice', new Headers(['7', '8'].map((value) => ['retry-after', value])), 7_000],
    ['a Map with any names', { headers: new Map([['Retry-After', '7']]) }, 7_000],
    [
      'headers in pairs',
      {
        headers: [
          ['Date', 'none'],
          ['Retry-After', '7'],
        ],
      },
      7_000,
    ],
    ['a cause behind headers that cannot be read', { headers: revoked(), cause: { headers: raw } }, 7_000],
    ['Headers', new Headers({ 'Retry-After': ' 30 ' }), 30_000],
    ['a Response', new Response('', { status: 429, headers: raw }), 7_000],
    ['headers as an object', { 'retry-after': ['7', '8'] }, 7_000],
    ['an answer of undici', { statusCode: 503, headers: { 'retry-after': '7' } }, 7_000],
    ['raw headers', { headers: [Buffer.from('Retry-After'), Buffer.from('7')] }, 7_000],
    ['an error of axios', Object.assign(new Error('429'), { response: { headers: raw } }), 7_000],
    ['a cause', new Error('no', { cause: { response: new Response('', { headers: raw }) } }), 7_000],
    [
      'the time of a server that is an hour behind',
      {
        headers: { 'retry-after': IN_A_MINUTE, date: 'Sun, 29 Nov 2026 11:00:30 GMT' },
      },
      3_630_000,
    ],
  ])('reads %s', (_what, source, expected) => {
    expect(retryAfterMs(source, NOW_MS)).toBe(expected);
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['an error without a response', new Error('no')],
    ['a response without the header', new Response('')],
    ['an empty header', ''],
    ['words', 'soon'],
    ['a negative number', '-5'],
    ['a number with a unit', '5s'],
    ['a number that is none', Number.NaN],
    ['a number with a comma', '1,5'],
    ['a number in hexadecimal', '0x10'],
    ['a number in exponential form', '1e309'],
    ['a Date that is none', new Date(Number.NaN)],
    ['what is revoked', revoked()],
    ['headers that are revoked', { headers: revoked() }],
    ['a cause that is revoked', new Error('no', { cause: revoked() })],
    ['names that are no text', { headers: [Object.create(null), '7'] }],
    ['a get that answers later', { get: () => Promise.reject(new Error('no')) }],
    ['a date that is no HTTP date', '2026-11-29T12:01:00Z'],
    ['a day without a date', 'Sunday'],
    ['a date that is over', 'Sun, 29 Nov 2026 11:59:00 GMT'],
    ['now', '0'],
    ['a header that is an object', { headers: { 'retry-after': {} } }],
    [
      'headers that throw',
      {
        headers: {
          get: () => {
            throw new Error('no');
          },
        },
      },
    ],
  ])('leaves %s to the backoff', (_what, source) => {
    expect(retryAfterMs(source, NOW_MS)).toBeUndefined();
  });

  it('ends for errors that cause each other', () => {
    const error = new Error('one');
    error.cause = new Error('other', { cause: error });
    expect(retryAfterMs(error, NOW_MS)).toBeUndefined();
  });
});

describe('RetryException', () => {
  it('bounds what a server may ask for', () => {
    expect(new RetryException({ retryAfter: '86400' }).delayMs).toBe(3_600_000);
    expect(new RetryException({ retryAfter: '86400', maxDelayMs: 5_000 }).delayMs).toBe(5_000);
    expect(new RetryException({ retryAfter: 'soon' })).toMatchObject({
      delayMs: undefined,
      message: 'retry after the usual delay',
    });
    expect(() => new RetryException({ retryAfter: 1, maxDelayMs: -1 })).toThrow(
      'RetryException: maxDelayMs is -1, allowed is a number from 0 to',
    );
  });

  it('is made from an error that has a Retry-After; others stay what they are', async () => {
    const server = createServer((_request, response) => response.writeHead(429, raw).end());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const answer = await fetch(`http://127.0.0.1:${port}`);
    await new Promise((resolve) => server.close(resolve));
    const error = Object.assign(new Error('busy'), { response: answer });
    expect(RetryException.from(error)).toMatchObject({ delayMs: 7_000, cause: error });
    const other = new Error('other');
    expect(RetryException.from(other)).toBe(other);
    expect(RetryException.from(undefined)).toBeUndefined();
    const own = new RetryException({ delayMs: 5 });
    expect(RetryException.from(own)).toBe(own);
  });
});
