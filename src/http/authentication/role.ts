/** What a caller may do: put messages in, take or look at messages, see the inside of the service. */
export const ROLES = ['send', 'receive', 'operate'] as const;

/** One thing that a caller may do. */
export type Role = (typeof ROLES)[number];

/** Reads roles joined by plus signs; undefined if one of them is none. */
export function parseRoles(text: string): Role[] | undefined {
  const names = text.split('+').map((name) => name.trim());
  const roles = ROLES.filter((role) => names.includes(role));
  return names.length === roles.length ? roles : undefined;
}
