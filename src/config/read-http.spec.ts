import { describe, expect, it, beforeAll, afterAll } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { type HttpSettings, readHttp } from './read-http.js';
import { VariableReader } from './variable-reader.js';

const SECRET = 'c2VjcmV0LW9mLXRoZS1zaG9w';
const ISSUER = 'https://login.example.com/tenant/v2.0';

function read(variables: Record<string, string>, production = false): HttpSettings & { problems: string[] } {
  const reader = new VariableReader(variables);
  return { ...readHttp(reader, production), problems: reader.problems };
}

describe('who may use HTTP', () => {
  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'keys-'));
  });
  afterAll(() => rmSync(directory, { recursive: true }));
  const file = (text: string): string => {
    const name = path.join(directory, 'keys');
    writeFileSync(name, text);
    return name;
  };

  it('is everybody in development', () => {
    expect(read({})).toMatchObject({ authentication: { kind: 'none' }, problems: [] });
  });

  it('has to be said in production', () => {
    expect(read({}, true).problems).toEqual([
      'HTTP_API_KEYS, HTTP_API_KEYS_FILE, HTTP_JWT_ISSUER or HTTP_AUTH=none is required: who may use this service over HTTP?',
    ]);
    for (const variables of [
      { HTTP_AUTH: 'none' },
      { HTTP_API_KEYS: `shop:send:${SECRET}` },
      { HTTP_API_KEYS_FILE: file(`shop:send:${SECRET}`) },
      { HTTP_JWT_ISSUER: ISSUER, HTTP_JWT_AUDIENCE: 'api' },
    ] as Record<string, string>[]) {
      expect(read(variables, true).problems).toEqual([]);
    }
  });

  it('is who has a key, of the variable or of the file', () => {
    const name = file(`# operations\nops:operate:${SECRET}2\n`);
    const { authentication } = read({ HTTP_API_KEYS: `shop:send:${SECRET}1`, HTTP_API_KEYS_FILE: name });
    expect(authentication).toMatchObject({
      kind: 'required',
      apiKeys: {
        keys: [{ name: 'shop', roles: ['send'] }],
        file: { path: name, keys: [{ name: 'ops', roles: ['operate'] }] },
      },
    });
    expect(JSON.stringify(authentication)).not.toContain(SECRET);
  });

  it('is who has a token of the issuer', () => {
    expect(
      read({
        HTTP_JWT_ISSUER: ISSUER,
        HTTP_JWT_AUDIENCE: 'api://service, 6e74172b',
        HTTP_JWT_JWKS_URL: 'https://login.example.com/keys',
        HTTP_JWT_ROLES: 'Messages.Send=send, Messages.All=send+receive',
      }).authentication,
    ).toEqual({
      kind: 'required',
      tokens: {
        issuer: ISSUER,
        audiences: ['api://service', '6e74172b'],
        jwksUrl: 'https://login.example.com/keys',
        roles: { 'Messages.Send': ['send'], 'Messages.All': ['send', 'receive'] },
      },
    });
  });

  it.each<[Record<string, string>, string | RegExp]>([
    [{ HTTP_AUTH: 'basic' }, 'HTTP_AUTH="basic": must be none, or absent'],
    [
      { HTTP_AUTH: 'none', HTTP_API_KEYS: `shop:send:${SECRET}` },
      'HTTP_AUTH=none and HTTP_API_KEYS are both set: remove one of them',
    ],
    [{ HTTP_API_KEYS: SECRET }, 'HTTP_API_KEYS: entry 1 must be name:role+role:secret'],
    [{ HTTP_API_KEYS: '# none yet' }, 'HTTP_API_KEYS: has no key'],
    [
      { HTTP_API_KEYS_FILE: '/does/not/exist' },
      /^HTTP_API_KEYS_FILE="\/does\/not\/exist": must be a file .*ENOENT/,
    ],
    [
      { HTTP_JWT_ISSUER: 'http://login.example.com', HTTP_JWT_AUDIENCE: 'a' },
      'HTTP_JWT_ISSUER="http://login.example.com": must be an https URL (http on this machine only)',
    ],
    [{ HTTP_JWT_ISSUER: ISSUER }, 'HTTP_JWT_AUDIENCE is required where HTTP_JWT_ISSUER is set'],
    [
      { HTTP_JWT_AUDIENCE: 'api' },
      'HTTP_JWT_ISSUER is required where HTTP_JWT_AUDIENCE or HTTP_JWT_JWKS_URL is set',
    ],
    [
      { HTTP_JWT_ROLES: 'Messages.Send=post' },
      'HTTP_JWT_ROLES="Messages.Send=post": must be claim=role+role,…: roles are send, receive, operate, repair',
    ],
  ])('refuses %j', (variables, problem) => {
    const { problems } = read(variables);
    expect(problems).toEqual([typeof problem === 'string' ? problem : expect.stringMatching(problem)]);
    expect(problems.join()).not.toContain(SECRET);
  });

  it.each([
    ['', 'has no key'],
    ['shop:sned:c2VjcmV0LW9mLXRoZS1zaG9w', 'entry 1 must have roles: some of send+receive+operate+repair'],
  ])('refuses a file with %j', (text, problem) => {
    const name = file(text);
    expect(read({ HTTP_API_KEYS_FILE: name }).problems).toEqual([
      `HTTP_API_KEYS_FILE=${JSON.stringify(name)}: ${problem}`,
    ]);
  });
});

describe('how much HTTP takes, and whom it believes', () => {
  it('limits callers in production, and where it is told', () => {
    expect(read({}).rateLimitPerMinute).toBe(0);
    expect(read({ HTTP_AUTH: 'none' }, true).rateLimitPerMinute).toBe(6_000);
    expect(read({ HTTP_RATE_LIMIT: '0', HTTP_AUTH: 'none' }, true).rateLimitPerMinute).toBe(0);
    expect(read({ HTTP_RATE_LIMIT: '60' }).rateLimitPerMinute).toBe(60);
    expect(read({ HTTP_RATE_LIMIT: '-1' }).problems).toEqual([
      'HTTP_RATE_LIMIT="-1": must be a whole number, 0 to 1000000',
    ]);
  });

  it.each<[string, number | string[]]>([
    ['1', 1],
    ['10.0.0.0/8, loopback', ['10.0.0.0/8', 'loopback']],
    ['fd00::/8', ['fd00::/8']],
    ['192.168.1.1', ['192.168.1.1']],
  ])('believes the proxies %j', (value, trusted) => {
    expect(read({ HTTP_TRUST_PROXY: value }).trustProxy).toEqual(trusted);
  });

  it.each(['true', '10', 'everyone', '10.0.0.0/33', '10.0.0.0/8/8', 'fd00::/129', '1.2.3', 'loopback,'])(
    'refuses the proxies %j',
    (value) => {
      expect(read({ HTTP_TRUST_PROXY: value }).problems).toEqual([
        `HTTP_TRUST_PROXY=${JSON.stringify(value)}: must be the number of proxies (0 to 9), or their addresses: 10.0.0.0/8,loopback`,
      ]);
    },
  );
});
