import { errors, type JWTPayload, jwtVerify } from 'jose';

import { IssuerUnavailableError, RefusedCredentialsError } from './authentication.errors.js';
import { type TokenOptions } from './authentication-options.js';
import { type Caller } from './caller.js';
import { rolesOfClaims } from './roles-of-claims.js';
import { TokenIssuer } from './token-issuer.js';

/** Only signatures with a private key: with a shared key, whoever can verify a token could make one. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];
/** How far the clocks here and at the issuer may differ. */
const CLOCK_TOLERANCE_SECONDS = 60;
const WRONG_CLAIMS = new Map([
  ['iss', 'the token is from another issuer'],
  ['aud', 'the token is for another audience'],
  ['nbf', 'the token is not valid yet'],
  ['exp', 'the token has no end'],
]);

/** Identifies callers by access tokens (JWT). */
export class TokenVerifier {
  constructor(
    private readonly options: TokenOptions,
    private readonly issuer = new TokenIssuer(options.issuer, options.jwksUrl),
  ) {}

  /** @throws RefusedCredentialsError, IssuerUnavailableError */
  async verify(token: string): Promise<Caller> {
    try {
      const { payload } = await jwtVerify(token, this.issuer.key, {
        issuer: this.options.issuer,
        audience: [...this.options.audiences],
        algorithms: ALGORITHMS,
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
        requiredClaims: ['exp'],
      });
      return { name: nameOf(payload), kind: 'token', roles: rolesOfClaims(payload, this.options.roles) };
    } catch (error) {
      if (error instanceof IssuerUnavailableError) throw error;
      throw new RefusedCredentialsError(reasonOf(error));
    }
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof errors.JWTExpired) return 'the token has expired';
  if (error instanceof errors.JWTClaimValidationFailed) {
    return WRONG_CLAIMS.get(error.claim) ?? `the token's claim ${error.claim} is wrong`;
  }
  if (error instanceof errors.JOSEAlgNotAllowed) return "the token's algorithm is not accepted";
  if (error instanceof errors.JWKSNoMatchingKey) return "the token's key is not known to its issuer";
  if (error instanceof errors.JWSSignatureVerificationFailed) return "the token's signature is wrong";
  return 'this is no token that can be read';
}

/** The name of a person or an application; issuers differ in which of these claims they write. */
function nameOf(payload: JWTPayload): string {
  const names = [payload.sub, payload['azp'], payload['appid'], payload['client_id']];
  return (
    names.find((name): name is string => typeof name === 'string' && name !== '') ?? 'a token without name'
  );
}
