import { isIP } from 'node:net';
import { hostname } from 'node:os';

/** [RFC 6761, RFC 6762, RFC 8375, ICANN 2024 for "internal"] Nobody can register a name below these. */
const PRIVATE = ['localhost', 'local', 'internal', 'test', 'home.arpa'];

/**
 * Returns whether a request's `Host` can be meant for this service. What it refuses are names that anybody could have
 * made point here, so that a browser takes a foreign page for ours (DNS rebinding). An address is no name; a name of
 * one part, such as a container's, cannot be registered.
 */
export function isOwnHost(host: string, allowed: readonly string[]): boolean {
  if (allowed.includes('*')) return true;
  const name = nameOf(host);
  if (name === undefined) return false;
  if (isIP(name) !== 0 || !name.includes('.')) return true;
  if (name === hostname().toLowerCase() || allowed.includes(name)) return true;
  return PRIVATE.some((suffix) => name.endsWith(`.${suffix}`));
}

/** The host without its port, in lower case; undefined where it is none. */
function nameOf(host: string): string | undefined {
  const [, address, name] = /^(?:\[([\da-f:.]+)\]|([\w.-]+?)\.?)(?::\d+)?$/i.exec(host) ?? [];
  return (address ?? name)?.toLowerCase();
}
