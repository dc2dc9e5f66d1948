import { type LoggerService } from '@nestjs/common';
import { type IncomingHttpHeaders } from 'node:http';

import { ApiKeyVerifier } from './api-key-verifier.js';
import { RefusedCredentialsError } from './authentication.errors.js';
import { type Authentication } from './authentication-options.js';
import { ANYBODY, type Caller } from './caller.js';
import { type Credentials, readCredentials } from './credentials.js';

/**
 * Identifies the caller by a request's headers; returns undefined if they have no credentials.
 * @throws RefusedCredentialsError, IssuerUnavailableError
 */
export type Identify = (headers: IncomingHttpHeaders) => Promise<Caller | undefined>;

type Verify = (secret: string) => Promise<Caller>;

/** A token has three parts, the first of which is JSON in base64url: no API key looks like that. */
const TOKEN = /^eyJ[\w-]*\.[\w-]*\.[\w-]*$/;

/** Creates the function that identifies callers. */
export async function createIdentify(
  authentication: Authentication,
  logger: LoggerService,
): Promise<Identify> {
  if (authentication.kind === 'none') return () => Promise.resolve(ANYBODY);
  const { apiKeys, tokens } = authentication;
  const keyVerifier = apiKeys && new ApiKeyVerifier(apiKeys, logger);
  // Loaded only when tokens are accepted.
  const tokenVerifier = tokens && new (await import('./token-verifier.js')).TokenVerifier(tokens);
  const verifyKey: Verify = async (secret) => {
    if (!keyVerifier) throw new RefusedCredentialsError('API keys are not taken here');
    return keyVerifier.verify(secret);
  };
  const verifyToken: Verify = async (token) => {
    if (!tokenVerifier) throw new RefusedCredentialsError('tokens are not taken here');
    return tokenVerifier.verify(token);
  };
  return async (headers) => {
    const credentials = readCredentials(headers);
    if (!credentials) return undefined;
    const isToken = credentials.kind === 'bearer' && (!keyVerifier || isLikeToken(credentials));
    return (isToken ? verifyToken : verifyKey)(credentials.value);
  };
}

function isLikeToken({ value }: Credentials): boolean {
  return TOKEN.test(value);
}
