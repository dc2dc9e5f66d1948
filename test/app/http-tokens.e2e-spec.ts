import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { exportSPKI, generateKeyPair, importJWK, SignJWT, UnsecuredJWT } from 'jose';

import { type KeyTimes, TokenIssuer } from '../../src/http/authentication/token-issuer.js';
import { TokenVerifier } from '../../src/http/authentication/token-verifier.js';
import { type RunningApp, startApp } from '../support/start-app.js';
import { TestIssuer } from '../support/token-issuer.js';
import { until } from '../support/until.js';

const ROLES = 'Messages.Send=send,Messages.Receive=receive,Operators=receive+operate';
const nowSeconds = (): number => Math.floor(Date.now() / 1000);

describe('HTTP with access tokens', () => {
  let issuer: TestIssuer;
  let running: RunningApp;
  beforeAll(async () => {
    issuer = await TestIssuer.start();
    running = await startApp({
      APPS: 'relay',
      HTTP_JWT_ISSUER: issuer.url,
      HTTP_JWT_AUDIENCE: 'api://service,6e74172b-be56-4843-9ff4-e66a39bb12e3',
      HTTP_JWT_ROLES: ROLES,
    });
  });
  afterAll(async () => {
    await running.close();
    await issuer.close();
  });

  const send = (token: string): Promise<Response> =>
    fetch(`${running.url}/send`, {
      method: 'POST',
      body: 'Hello world!',
      headers: { authorization: `Bearer ${token}` },
    });
  const peek = (token: string): Promise<Response> =>
    fetch(`${running.url}/peek`, { headers: { authorization: `Bearer ${token}` } });
  const refusal = async (token: string): Promise<string> => {
    const response = await send(token);
    expect(response.status).toBe(401);
    const { message } = (await response.json()) as { message: string };
    expect(response.headers.get('www-authenticate')).toBe(
      `Bearer realm="service-bus", error="invalid_token", error_description="${message}"`,
    );
    return message;
  };

  it.each([
    ['an application role', { roles: ['Messages.Send'] }],
    ['a delegated scope', { scp: 'openid Messages.Send' }],
    ['a scope', { scope: 'Messages.Send' }],
    ['the second audience', { roles: ['Messages.Send'], aud: '6e74172b-be56-4843-9ff4-e66a39bb12e3' }],
    ['one of several audiences', { roles: ['Messages.Send'], aud: ['other', 'api://service'] }],
    ['a clock half a minute behind', { roles: ['Messages.Send'], exp: nowSeconds() - 30 }],
  ])('takes a token with %s', async (_what, claims) => {
    expect((await send(await issuer.sign(claims))).status).toBe(200);
  });

  it('reads the keys once for many tokens', async () => {
    const token = await issuer.sign({ roles: ['Messages.Send'] });
    expect((await send(token)).status).toBe(200);
    const before = issuer.keyReads;
    const responses = await Promise.all(Array.from({ length: 20 }, () => send(token)));
    expect(responses.map(({ status }) => status)).toEqual(Array(20).fill(200));
    expect(issuer.keyReads).toBe(before);
  });

  it('names the role that a token does not have', async () => {
    const response = await peek(await issuer.sign({ roles: ['Messages.Send'], sub: 'the-shop' }));
    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject({
      message: 'this takes the role "receive", which the-shop does not have',
    });
    expect((await peek(await issuer.sign({ roles: ['Operators'] }))).status).toBe(200);
    expect((await send(await issuer.sign({}))).status).toBe(403);
  });

  it('shows health details to operators', async () => {
    const headers = { authorization: `Bearer ${await issuer.sign({ roles: ['Operators'] })}` };
    const health = (await (await fetch(`${running.url}/health`, { headers })).json()) as object;
    expect(health).toMatchObject({ info: { 'service-bus:relay': { entityPath: 'relay-in' } } });
  });

  it.each([
    ['an expired token', { exp: nowSeconds() - 120 }, 'the token has expired'],
    ['a token that is not valid yet', { nbf: nowSeconds() + 120 }, 'the token is not valid yet'],
    ['a token without an end', { exp: undefined }, 'the token has no end'],
    ['a token for another service', { aud: 'api://other' }, 'the token is for another audience'],
    ['a token for nobody', { aud: undefined }, 'the token is for another audience'],
    ['a token of another issuer', { iss: 'https://login.example.com' }, 'the token is from another issuer'],
  ])('refuses %s', async (_what, claims, message) => {
    expect(await refusal(await issuer.sign({ roles: ['Messages.Send'], ...claims }))).toBe(message);
  });

  it('refuses a token without a signature', async () => {
    const token = new UnsecuredJWT({ roles: ['Messages.Send'] })
      .setIssuer(issuer.url)
      .setAudience('api://service')
      .setExpirationTime('5m')
      .encode();
    expect(await refusal(token)).toBe("the token's algorithm is not accepted");
    const [, payload] = (await issuer.sign({ roles: ['Messages.Send'] })).split('.');
    const none = Buffer.from('{"alg":"none"}').toString('base64url');
    expect(await refusal(`${none}.${payload}.`)).toBe("the token's algorithm is not accepted");
  });

  it('refuses a token that is signed with the public key as a shared secret', async () => {
    const publicKey = await importJWK(issuer.publicKey, 'RS256', { extractable: true });
    if (publicKey instanceof Uint8Array) throw new Error('it is an asymmetric key');
    const secret = new TextEncoder().encode(await exportSPKI(publicKey));
    const token = await new SignJWT({ roles: ['Messages.Send'] })
      .setProtectedHeader({ alg: 'HS256', kid: issuer.publicKey.kid })
      .setIssuer(issuer.url)
      .setAudience('api://service')
      .setExpirationTime('5m')
      .sign(secret);
    expect(await refusal(token)).toBe("the token's algorithm is not accepted");
  });

  it("refuses another key's signature under a known key's name", async () => {
    const { privateKey } = await generateKeyPair('RS256');
    const token = await new SignJWT({ roles: ['Messages.Send'] })
      .setProtectedHeader({ alg: 'RS256', kid: issuer.publicKey.kid })
      .setIssuer(issuer.url)
      .setAudience('api://service')
      .setExpirationTime('5m')
      .sign(privateKey);
    expect(await refusal(token)).toBe("the token's signature is wrong");
  });

  it('refuses a token that was changed, and what is none', async () => {
    const [header, , signature] = (await issuer.sign({ roles: [] })).split('.');
    const [, payload] = (await issuer.sign({ roles: ['Messages.Send'] })).split('.');
    expect(await refusal(`${header}.${payload}.${signature}`)).toBe("the token's signature is wrong");
    expect(await refusal('not-a-token')).toBe('this is no token that can be read');
    expect(await refusal('a.b.c')).toBe('this is no token that can be read');
  });

  it('takes no API keys where there are none', async () => {
    const response = await fetch(`${running.url}/peek`, { headers: { 'x-api-key': 'something' } });
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ message: 'API keys are not taken here' });
  });
});

describe('HTTP with tokens and keys', () => {
  it('takes either, also both kinds as Bearer', async () => {
    const issuer = await TestIssuer.start();
    const running = await startApp({
      APPS: 'relay',
      HTTP_JWT_ISSUER: issuer.url,
      HTTP_JWT_AUDIENCE: 'api://service',
      HTTP_JWT_JWKS_URL: issuer.jwksUrl,
      HTTP_API_KEYS: 'prometheus:receive:0123456789abcdef',
    });
    const peek = async (secret: string): Promise<number> =>
      (await fetch(`${running.url}/peek`, { headers: { authorization: `Bearer ${secret}` } })).status;
    try {
      expect(await peek('0123456789abcdef')).toBe(200);
      expect(await peek(await issuer.sign({ roles: ['receive'] }))).toBe(200);
      expect(await peek('fedcba9876543210')).toBe(401);
      expect(await peek(await issuer.sign({ roles: ['receive'], aud: 'other' }))).toBe(401);
    } finally {
      await running.close();
      await issuer.close();
    }
  });
});

describe('an issuer that cannot be reached', () => {
  it('keeps no health check and no page waiting', async () => {
    const issuer = await TestIssuer.start();
    issuer.isSilent = true;
    const running = await startApp({
      APPS: 'relay',
      HTTP_JWT_ISSUER: issuer.url,
      HTTP_JWT_AUDIENCE: 'api://service',
    });
    try {
      const headers = { authorization: `Bearer ${await issuer.sign({ roles: ['operate'] })}` };
      for (const path of ['/health/live', '/', '/docs']) {
        expect([path, (await fetch(running.url + path, { headers })).status]).toEqual([path, 200]);
        // Nobody was asked who the caller is.
        expect([path, issuer.waiting]).toEqual([path, 0]);
      }
      const response = await fetch(`${running.url}/health/ready`, { headers });
      expect(response.status).toBe(200);
      // The question is still open.
      expect(issuer.waiting).toBe(1);
    } finally {
      await running.close();
      await issuer.close();
    }
  });

  it('is no fault of the caller: 503 and when to try again, until it is back', async () => {
    const issuer = await TestIssuer.start();
    issuer.failWith = 500;
    const running = await startApp({
      APPS: 'relay',
      HTTP_JWT_ISSUER: issuer.url,
      HTTP_JWT_AUDIENCE: 'api://service',
    });
    try {
      const headers = { authorization: `Bearer ${await issuer.sign({ roles: ['receive'] })}` };
      const peek = (): Promise<Response> => fetch(`${running.url}/peek`, { headers });
      const response = await peek();
      expect(response.status).toBe(503);
      expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(await response.json()).toEqual({
        statusCode: 503,
        error: 'Service Unavailable',
        message: 'credentials cannot be checked now',
      });
      expect((await fetch(`${running.url}/health`, { headers })).status).toBe(200);
      expect((await fetch(`${running.url}/peek`)).status).toBe(401);

      issuer.failWith = undefined;
      issuer.claimedIssuer = 'https://login.example.com';
      expect((await peek()).status).toBe(503);
      issuer.claimedIssuer = undefined;
      expect((await peek()).status).toBe(200);
    } finally {
      await running.close();
      await issuer.close();
    }
  });
});

describe('an issuer that changes its keys', () => {
  let issuer: TestIssuer;
  beforeEach(async () => {
    issuer = await TestIssuer.start();
  });
  afterEach(() => issuer.close());

  const verifierWith = (times: Partial<KeyTimes> = {}): TokenVerifier => {
    const options = { issuer: issuer.url, audiences: ['api://service'], roles: {} };
    const usual = { cooldownMs: 60_000, refreshMs: 60_000, maxAgeMs: 60_000 };
    return new TokenVerifier(options, new TokenIssuer(issuer.url, undefined, { ...usual, ...times }));
  };

  it('is asked for new ones when a token names an unknown key', async () => {
    const verifier = verifierWith({ cooldownMs: 0 });
    const old = await issuer.sign({});
    await verifier.verify(old);
    await issuer.rotate('second');
    expect(await verifier.verify(await issuer.sign({ sub: 'after' }))).toMatchObject({ name: 'after' });
    await expect(verifier.verify(old)).rejects.toMatchObject({
      reason: "the token's key is not known to its issuer",
    });
    await issuer.rotate('third', 'ES256');
    expect(await verifier.verify(await issuer.sign({}, { alg: 'ES256' }))).toMatchObject({
      name: 'a-client',
    });
  });

  it('is not asked by each token with a made-up key', async () => {
    const verifier = verifierWith();
    await verifier.verify(await issuer.sign({}));
    for (const kid of ['a', 'b', 'c']) {
      await expect(verifier.verify(await issuer.sign({}, { kid }))).rejects.toMatchObject({
        name: 'RefusedCredentialsError',
      });
    }
    expect(issuer.keyReads).toBe(1);
  });

  it('does not hold up those whose key is known while it is away', async () => {
    const verifier = verifierWith({ cooldownMs: 0 });
    await verifier.verify(await issuer.sign({}));
    issuer.failWith = 503;
    expect(await verifier.verify(await issuer.sign({}))).toMatchObject({ kind: 'token' });
    await expect(verifier.verify(await issuer.sign({}, { kid: 'new' }))).rejects.toMatchObject({
      name: 'IssuerUnavailableError',
    });
  });

  it('is asked again after a while, and nobody waits for that', async () => {
    const verifier = verifierWith({ cooldownMs: 0, refreshMs: 0 });
    const token = await issuer.sign({});
    await verifier.verify(token);
    await verifier.verify(token);
    await until(() => issuer.keyReads === 2);
    issuer.failWith = 503;
    // The answer to the second time may be on its way still: nobody asks a third time meanwhile.
    await until(async () => {
      await verifier.verify(token);
      return issuer.keyReads >= 3;
    });
    await verifier.verify(token);
  });

  it('is not believed for ever when it is away', async () => {
    const verifier = verifierWith({ cooldownMs: 0, refreshMs: 0, maxAgeMs: 0 });
    const token = await issuer.sign({});
    await verifier.verify(token);
    issuer.failWith = 503;
    await expect(verifier.verify(token)).rejects.toMatchObject({ name: 'IssuerUnavailableError' });
    issuer.failWith = undefined;
    await issuer.rotate('second');
    await expect(verifier.verify(token)).rejects.toMatchObject({ name: 'RefusedCredentialsError' });
  });
});
