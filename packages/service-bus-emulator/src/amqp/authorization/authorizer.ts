import { createHmac, timingSafeEqual } from 'node:crypto';

import { BrokerError } from '../../model/broker-error.js';
import { type Grant, type Keys } from './keys.js';
import { type Right, RIGHTS } from './right.js';

export interface AuthorizerOptions {
  readonly keys: Pick<Keys, 'find' | 'has' | 'grantsOf'>;
  /** Accepts every token, of any kind and age. */
  readonly acceptAnyToken: boolean;
}

/** The right to use an entity and everything below it, for a limited time. */
export interface Claim extends Grant {
  /** Unix time in milliseconds. */
  readonly expiresAtMs: number;
}

const SIGNATURE = /^SharedAccessSignature\s+/;
const ALL: ReadonlySet<Right> = new Set(RIGHTS);

/** Verifies the tokens and keys that clients send. */
export class Authorizer {
  constructor(private readonly options: AuthorizerOptions) {}

  /** @throws BrokerError unauthorized-access if the token does not prove the right */
  verify(token: string, type: string, audience: string, nowMs: number): Claim {
    const path = entityPath(audience);
    if (this.options.acceptAnyToken) return { path, rights: ALL, expiresAtMs: Infinity };
    // The text tells what a token is: azure-servicebus for Python puts shared access signatures as `jwt`.
    if (!SIGNATURE.test(token) && !type.endsWith(':sastoken')) {
      throw unauthorized(
        `Tokens of the type '${type}' cannot be verified here: use a shared access signature.`,
      );
    }
    const fields = new URLSearchParams(token.replace(SIGNATURE, '').replaceAll('+', '%2B'));
    const resource = fields.get('sr') ?? '';
    const expiry = fields.get('se') ?? '';
    const keyName = fields.get('skn') ?? '';
    const granted = entityPath(resource);
    if (!this.options.keys.has(keyName, granted)) throw unauthorized('InvalidSignature: unknown key name.');
    const key = this.options.keys.find(keyName, granted, signs(fields.get('sig') ?? '', token, expiry));
    if (!key) throw unauthorized('InvalidSignature: the token has an invalid signature.');
    const expiresAtMs = Number(expiry) * 1000;
    if (!(expiresAtMs > nowMs)) throw unauthorized('ExpiredToken: the token is expired.');
    if (!covers(granted, path)) throw unauthorized(`InvalidAudience: the token is for '${resource}'.`);
    return { path: granted, rights: key.rights, expiresAtMs };
  }

  /** Returns what a key proves by itself, in SASL; empty if it is wrong. Keys do not expire. */
  verifyKey(keyName: string, secret: string): Claim[] {
    const { acceptAnyToken, keys } = this.options;
    const grants = acceptAnyToken ? [{ path: '', rights: ALL }] : keys.grantsOf(keyName, secret);
    return grants.map(({ path, rights }) => ({ path, rights, expiresAtMs: Infinity }));
  }

  /** @throws BrokerError unauthorized-access unless the claims grant one of the rights on the address */
  authorize(claims: Iterable<Claim>, address: string, rights: readonly Right[], nowMs: number): void {
    const path = entityPath(address);
    for (const claim of claims) {
      if (claim.expiresAtMs <= nowMs || !covers(claim.path, path)) continue;
      if (rights.some((right) => claim.rights.has(right))) return;
    }
    // [Azure/azure-sdk-for-java#27831: the text]
    const text = (resource: string): string =>
      `Unauthorized access. '${rights.join(',')}' claim(s) are required to perform this operation. Resource: '${resource}'.`;
    throw new BrokerError('amqp:unauthorized-access', text(address), (host) =>
      text(`sb://${host}/${address}`),
    );
  }
}

/** Returns a test for the secret that a token was signed with. */
function signs(signature: string, token: string, expiry: string): (secret: string) => boolean {
  // The signature covers the resource as it appears in the token, still encoded.
  const encodedResource = /(?:^|[\s&])sr=([^&]*)/.exec(token)?.[1] ?? '';
  const given = Buffer.from(signature, 'base64');
  return (secret) => {
    const expected = createHmac('sha256', secret).update(`${encodedResource}\n${expiry}`).digest();
    return given.length === expected.length && timingSafeEqual(given, expected);
  };
}

function unauthorized(message: string): BrokerError {
  return new BrokerError('amqp:unauthorized-access', message);
}

function entityPath(audience: string): string {
  return audience
    .replace(/^[a-z]+:\/\/[^/]*/i, '')
    .replace(/\?.*$/s, '')
    .replace(/^\/+|\/+$/g, '')
    .toLowerCase();
}

function covers(granted: string, path: string): boolean {
  return granted === '' || path === granted || path.startsWith(`${granted}/`);
}
