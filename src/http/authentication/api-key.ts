import { createHash } from 'node:crypto';

import { parseRoles, type Role, ROLES } from './role.js';

/** An API key without its secret, which therefore cannot be logged. */
export interface ApiKey {
  /** The caller's name; during a rotation the old and the new key have the same. */
  readonly name: string;
  readonly roles: readonly Role[];
  /** SHA-256 of the secret, in lower-case hexadecimal digits. */
  readonly hash: string;
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const HASHED = /^sha256=([0-9a-f]{64})$/i;
/** Visible characters that a header can carry, and too many to guess. */
const SECRET = /^[\x21-\x7e]{16,256}$/;
const FORM = 'name:role+role:secret';

/**
 * Reads keys as `name:role+role:secret`, separated by commas or lines; a line that begins with # is a comment. In
 * place of the secret its hash may stand, as `sha256=` and 64 digits. Problems show nothing of an entry.
 */
export function parseApiKeys(text: string): { keys: ApiKey[]; problems: string[] } {
  const entries = text
    .split('\n')
    .filter((line) => !line.trimStart().startsWith('#'))
    .flatMap((line) => line.split(','))
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
  const keys: ApiKey[] = [];
  const problems: string[] = [];
  for (const [index, entry] of entries.entries()) {
    const key = parseApiKey(entry);
    const problem = typeof key === 'string' ? key : known(keys, key);
    if (problem !== undefined) problems.push(`entry ${index + 1} ${problem}`);
    else if (typeof key !== 'string') keys.push(key);
  }
  return { keys, problems };
}

/** Hashes a secret as `ApiKey` stores it. */
export function hashOf(secret: string): string {
  return createHash('sha256').update(secret, 'utf8').digest('hex');
}

function parseApiKey(entry: string): ApiKey | string {
  const [, name, roleNames, secret] = /^([^:]*):([^:]*):(.*)$/.exec(entry) ?? [];
  if (name === undefined || roleNames === undefined || secret === undefined) return `must be ${FORM}`;
  const roles = parseRoles(roleNames);
  if (!NAME.test(name)) return 'must begin with a name: letters, digits and . _ - inside, at most 64';
  if (!roles) return `must have roles: some of ${ROLES.join('+')}`;
  const hash = HASHED.exec(secret)?.[1]?.toLowerCase();
  if (hash === undefined && !SECRET.test(secret)) return 'must have a secret of 16 to 256 visible characters';
  return { name, roles, hash: hash ?? hashOf(secret) };
}

function known(keys: readonly ApiKey[], { hash }: ApiKey): string | undefined {
  return keys.some((key) => key.hash === hash) ? 'must have a secret of its own' : undefined;
}
