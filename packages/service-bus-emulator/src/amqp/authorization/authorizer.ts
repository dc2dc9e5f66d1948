import { createHmac, timingSafeEqual } from 'node:crypto';

import { BrokerError } from '../../model/broker-error.js';

export interface AuthorizerOptions {
  readonly keyName: string;
  readonly key: string;
  /** Accepts every token, of any kind and age. */
  readonly acceptAnyToken: boolean;
}

/** The right to use an entity, for a limited time. */
export interface Claim {
  /** Path of the entity and everything below it, in lower case; empty for the whole namespace. */
  readonly path: string;
  /** Unix time in milliseconds. */
  readonly expiresAtMs: number;
}

/** Verifies the tokens that clients send to `$cbs`. */
export class Authorizer {
  constructor(private readonly options: AuthorizerOptions) {}

  /** @throws BrokerError unauthorized-access if the token does not prove the right */
  verify(token: string, type: string, audience: string, nowMs: number): Claim {
    const path = entityPath(audience);
    if (this.options.acceptAnyToken) return { path, expiresAtMs: Infinity };
    if (!type.endsWith(':sastoken')) {
      throw unauthorized(
        `Tokens of the type '${type}' cannot be verified here: use a shared access signature.`,
      );
    }
    const fields = new URLSearchParams(token.replace(/^SharedAccessSignature\s+/, '').replaceAll('+', '%2B'));
    const resource = fields.get('sr') ?? '';
    const expiry = fields.get('se') ?? '';
    if (fields.get('skn') !== this.options.keyName) throw unauthorized('InvalidSignature: unknown key name.');
    if (!this.#isSignedBy(fields.get('sig') ?? '', token, expiry)) {
      throw unauthorized('InvalidSignature: the token has an invalid signature.');
    }
    const expiresAtMs = Number(expiry) * 1000;
    if (!(expiresAtMs > nowMs)) throw unauthorized('ExpiredToken: the token is expired.');
    const granted = entityPath(resource);
    if (!covers(granted, path)) throw unauthorized(`InvalidAudience: the token is for '${resource}'.`);
    return { path: granted, expiresAtMs };
  }

  /** @throws BrokerError unauthorized-access unless one of the claims covers the address */
  authorize(claims: Iterable<Claim>, address: string, nowMs: number): void {
    const path = entityPath(address);
    for (const claim of claims) if (claim.expiresAtMs > nowMs && covers(claim.path, path)) return;
    throw unauthorized(`Unauthorized access. 'Send' or 'Listen' claim is required to use '${address}'.`);
  }

  #isSignedBy(signature: string, token: string, expiry: string): boolean {
    // The signature covers the resource as it appears in the token, still encoded.
    const encodedResource = /(?:^|[\s&])sr=([^&]*)/.exec(token)?.[1] ?? '';
    const expected = createHmac('sha256', this.options.key).update(`${encodedResource}\n${expiry}`).digest();
    const given = Buffer.from(signature, 'base64');
    return given.length === expected.length && timingSafeEqual(given, expected);
  }
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
