/**
 * The roles: send messages; receive and peek messages; see metrics, the details of health and the desk; change at the
 * desk what it shows.
 */
export const ROLES = ['send', 'receive', 'operate', 'repair'] as const;

/** What a caller may do. */
export type Role = (typeof ROLES)[number];

/** Parses roles joined by plus signs; returns undefined if one is unknown. */
export function parseRoles(text: string): Role[] | undefined {
  const names = text.split('+').map((name) => name.trim());
  const roles = ROLES.filter((role) => names.includes(role));
  return names.length === roles.length ? roles : undefined;
}
