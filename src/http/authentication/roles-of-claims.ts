import { type Role, ROLES } from './role.js';

/**
 * The roles here of a token's claims: `roles` (an array: what an application or a person was given), and `scp` or
 * `scope` (words: what an application may do for the person who uses it).
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
