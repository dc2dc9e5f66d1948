import { type IncomingHttpHeaders } from 'node:http';

/** The credentials of a request; `bearer` may be a token or a key. */
export interface Credentials {
  readonly kind: 'api-key' | 'bearer';
  readonly value: string;
}

const AUTHORIZATION = /^(bearer|apikey) +(\S+) *$/i;

/**
 * The credentials of a request: `X-Api-Key: …`, `Authorization: Bearer …` or `Authorization: ApiKey …`.
 * Undefined if there are none, or none of these kinds.
 */
export function readCredentials(headers: IncomingHttpHeaders): Credentials | undefined {
  const apiKey = headers['x-api-key'];
  if (typeof apiKey === 'string' && apiKey !== '') return { kind: 'api-key', value: apiKey };
  const [, scheme, value] = AUTHORIZATION.exec(headers.authorization ?? '') ?? [];
  if (scheme === undefined || value === undefined) return undefined;
  return { kind: scheme.toLowerCase() === 'bearer' ? 'bearer' : 'api-key', value };
}
