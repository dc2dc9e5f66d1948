import { describe, expect, it } from '@jest/globals';

import { redact } from './redact.js';

const TOKEN = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJtZSJ9.c2lnbmF0dXJl';

describe('redact', () => {
  it.each([
    [
      'a connection string',
      'Endpoint=sb://a/;SharedAccessKeyName=root;SharedAccessKey=c2VjcmV0+/a=',
      'c2VjcmV0',
    ],
    ['a signature', "SharedAccessSignature sr=sb%3a%2f%2fa&sig=c2VjcmV0%3d&se=1&skn=root'", 'c2VjcmV0'],
    ['a storage key', 'AccountName=a;AccountKey=c2VjcmV0==;', 'c2VjcmV0'],
    ['a header of a token', `Authorization: Bearer ${TOKEN}`, TOKEN],
    ['a token on its own', `could not verify ${TOKEN}, expired`, TOKEN],
    ['an opaque token', 'sent bearer abcdef0123456789 to it', 'abcdef0123456789'],
    ['basic authentication', 'authorization: Basic dXNlcjpzZWNyZXQ=', 'dXNlcjpzZWNyZXQ'],
    ['inspected headers', "{ authorization: 'Basic dXNlcjpzZWNyZXQ=' }", 'dXNlcjpzZWNyZXQ'],
    ['an API key header', 'x-api-key: k-0123456789', 'k-0123456789'],
    ['variables', 'HTTP_API_KEYS=k-0123456789', 'k-0123456789'],
    ['JSON', '{"password":"hunter22","user":"me"}', 'hunter22'],
    ['JSON inside of JSON', String.raw`{"message":"{\"clientSecret\":\"hunter22\"}"}`, 'hunter22'],
    ['an inspected object', "{ apiKey: 'hunter22', id: 1 }", 'hunter22'],
    ['an address', 'amqps://root:hunter22@host/queue', 'hunter22'],
  ])('takes the secret out of %s', (_, text, secret) => {
    expect(redact(text)).not.toContain(secret);
    expect(redact(text)).toContain('(hidden)');
  });

  it('leaves the rest of the line as it was', () => {
    expect(redact('a: SharedAccessKeyName=root;SharedAccessKey=c2VjcmV0;EntityPath=q failed')).toBe(
      'a: SharedAccessKeyName=root;SharedAccessKey=(hidden);EntityPath=q failed',
    );
    expect(JSON.parse(redact('{"password":"hunter22","user":"me"}'))).toEqual({
      password: '(hidden)',
      user: 'me',
    });
  });

  it.each([
    'counter (counter-in): message a-1, attempt 2 failed, next attempt in 812 ms: Error: broken',
    'Unexpected token } in JSON at position 3',
    'HTTP_API_KEYS: entry 1 must have roles: some of send+receive+operate+repair',
    'basic authentication is not taken here',
    'the bearer presented nothing',
    'password: must be set',
    'http://127.0.0.1:3000/health answers 200 at 10:30',
    'the design: 12 signatures, keys: 3',
    'Endpoint=sb://127.0.0.1:5672;SharedAccessKeyName=root;SharedAccessKey=SAS_KEY_VALUE;UseDevelopmentEmulator=true;',
  ])('changes nothing in %j', (text) => {
    expect(redact(text)).toBe(text);
  });

  it('takes no long time for a long line', () => {
    const startedAt = performance.now();
    for (const part of ['password', 'a', 'eyJ', ':// ', 'sig=', '\\"', 'bearer '])
      redact(part.repeat(100_000));
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });
});
