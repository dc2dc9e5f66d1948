import { type CryptoKey, exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';

interface SigningKey {
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly publicJwk: JWK;
}

/** An issuer of access tokens on this machine, with an openid-configuration and keys that can change. */
export class TestIssuer {
  /** How often the keys were read. */
  keyReads = 0;
  /** Set it to have everything answered with this status. */
  failWith?: number;
  /** Set it to have nothing answered, until it is closed. */
  isSilent = false;
  /** How many have asked for something and wait for an answer. */
  waiting = 0;
  /** What the openid-configuration names as its issuer; this one, unless it is changed. */
  claimedIssuer?: string;
  private published: SigningKey[] = [];
  private readonly server = createServer((request, response) => this.answer(request, response));

  static async start(): Promise<TestIssuer> {
    const issuer = new TestIssuer();
    issuer.server.listen(0, '127.0.0.1');
    await once(issuer.server, 'listening');
    await issuer.rotate('first');
    return issuer;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/tenant/v2.0`;
  }

  get jwksUrl(): string {
    return new URL('/keys', this.url).href;
  }

  get publicKey(): JWK {
    return this.signingKey.publicJwk;
  }

  /** Publishes a new key, and no longer the old one; what was signed with that stays as it is. */
  async rotate(kid: string, algorithm = 'RS256'): Promise<void> {
    const { privateKey, publicKey } = await generateKeyPair(algorithm);
    const publicJwk = { ...(await exportJWK(publicKey)), kid, use: 'sig', alg: algorithm };
    this.published = [{ kid, privateKey, publicJwk }];
  }

  /** A token, valid for five minutes unless the claims say otherwise. */
  sign(claims: JWTPayload, header: { alg?: string; kid?: string } = {}): Promise<string> {
    const { kid, privateKey } = this.signingKey;
    const nowSeconds = Math.floor(Date.now() / 1000);
    const all = { iss: this.url, aud: 'api://service', sub: 'a-client', exp: nowSeconds + 300, ...claims };
    return new SignJWT(all).setProtectedHeader({ alg: 'RS256', kid, typ: 'JWT', ...header }).sign(privateKey);
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private get signingKey(): SigningKey {
    const [key] = this.published;
    if (!key) throw new Error('the issuer has no key');
    return key;
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    if (request.url === '/keys') this.keyReads += 1;
    if (this.isSilent) {
      this.waiting += 1;
      return void response.once('close', () => (this.waiting -= 1));
    }
    if (this.failWith !== undefined) return void response.writeHead(this.failWith).end();
    response.setHeader('content-type', 'application/json');
    if (request.url === '/keys') {
      response.end(JSON.stringify({ keys: this.published.map(({ publicJwk }) => publicJwk) }));
    } else if (request.url === '/tenant/v2.0/.well-known/openid-configuration') {
      response.end(JSON.stringify({ issuer: this.claimedIssuer ?? this.url, jwks_uri: this.jwksUrl }));
    } else {
      response.writeHead(404).end();
    }
  }
}
