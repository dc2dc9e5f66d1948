import { IssuerUnavailableError } from './authentication.errors.js';
import { isSafeUrl } from './is-safe-url.js';

/**
 * Reads where the keys of an issuer are. [OpenID Connect Discovery 1.0, 4]
 * @throws IssuerUnavailableError also if the answer is invalid, because no token can be verified then
 */
export async function discoverKeys(expectedIssuer: string, timeoutMs: number): Promise<string> {
  const url = `${expectedIssuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  try {
    const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(timeoutMs) });
    if (!response.ok) throw new Error(`the answer is ${response.status}`);
    const { issuer, jwks_uri: keys } = (await response.json()) as Record<string, unknown>;
    if (issuer !== expectedIssuer) throw new Error(`it belongs to the issuer ${JSON.stringify(issuer)}`);
    if (typeof keys !== 'string' || !isSafeUrl(keys)) throw new Error('its jwks_uri is no https URL');
    return keys;
  } catch (error) {
    throw new IssuerUnavailableError(url, error);
  }
}
