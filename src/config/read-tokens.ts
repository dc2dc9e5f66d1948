import { type TokenOptions } from '../http/authentication/authentication-options.js';
import { isSafeUrl } from '../http/authentication/is-safe-url.js';
import { parseRoles, type Role, ROLES } from '../http/authentication/role.js';
import { type VariableReader } from './variable-reader.js';

const SAFE_URL = 'an https URL (http on this machine only)';

/** Reads which access tokens are accepted: none, unless an issuer is named. */
export function readTokens(reader: VariableReader): TokenOptions | undefined {
  const issuer = readUrl(reader, 'HTTP_JWT_ISSUER');
  const audiences = reader
    .text('HTTP_JWT_AUDIENCE')
    .split(',')
    .map((audience) => audience.trim())
    .filter((audience) => audience !== '');
  const jwksUrl = readUrl(reader, 'HTTP_JWT_JWKS_URL');
  const roles = readRoles(reader);
  if (issuer === '') {
    if (audiences.length > 0 || jwksUrl !== '') {
      reader.problems.push('HTTP_JWT_ISSUER is required where HTTP_JWT_AUDIENCE or HTTP_JWT_JWKS_URL is set');
    }
    return undefined;
  }
  // A token issued for another service must not be accepted here.
  if (audiences.length === 0)
    reader.problems.push('HTTP_JWT_AUDIENCE is required where HTTP_JWT_ISSUER is set');
  return { issuer, audiences, ...(jwksUrl !== '' && { jwksUrl }), roles };
}

function readUrl(reader: VariableReader, name: string): string {
  const value = reader.text(name);
  if (value !== '' && !isSafeUrl(value)) reader.refuse(name, value, SAFE_URL);
  return value;
}

function readRoles(reader: VariableReader): Record<string, readonly Role[]> {
  const value = reader.text('HTTP_JWT_ROLES', ROLES.map((role) => `${role}=${role}`).join(','));
  const roles: Record<string, readonly Role[]> = {};
  for (const entry of value.split(',')) {
    const [, claim, names] = /^\s*([^=\s]+)\s*=(.*)$/.exec(entry) ?? [];
    const meant = names === undefined ? undefined : parseRoles(names);
    if (claim === undefined || !meant) {
      reader.refuse('HTTP_JWT_ROLES', value, `claim=role+role,…: roles are ${ROLES.join(', ')}`);
      return {};
    }
    roles[claim] = meant;
  }
  return roles;
}
