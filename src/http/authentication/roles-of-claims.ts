import { type Role, ROLES } from './role.js';

/**
 * Returns the roles that a token's claims grant here: `roles` (an array, given to an application or a person), and
 * `scp` or `scope` (words, what an application may do for its user).
 */
export function rolesOfClaims(
  claims: Readonly<Record<string, unknown>>,
  meanings: Readonly<Record<string, readonly Role[]>>,
): Role[] {
  const granted = [claims['roles'], claims['scp'], claims['scope']].flatMap(words);
  const roles = new Set(
    granted.flatMap((name) => (Object.hasOwn(meanings, name) ? (meanings[name] ?? []) : [])),
  );
  return ROLES.filter((role) => roles.has(role));
}

function words(claim: unknown): string[] {
  if (typeof claim === 'string') return claim.split(' ').filter((word) => word !== '');
  return Array.isArray(claim) ? claim.filter((word) => typeof word === 'string') : [];
}
