/** The roles: send messages; receive and peek messages; see metrics and the details of health. */
export const ROLES = ['send', 'receive', 'operate'] as const;

/** What a caller may do. */
export type Role = (typeof ROLES)[number];

/** Parses roles joined by plus signs; returns undefined if one is unknown. */
export function parseRoles(text: string): Role[] | undefined {
  const names = text.split('+').map((name) => name.trim());
  const roles = ROLES.filter((role) => names.includes(role));
  return names.length === roles.length ? roles : undefined;
}
