import { type IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';
import { hostname } from 'node:os';

import { AdministrationError } from './administration-error.js';

/** Returns why a request is refused that a page of another site makes a browser send; undefined if it may go on. */
export type RefuseForeignPages = (
  headers: Pick<IncomingHttpHeaders, 'host' | 'origin' | 'sec-fetch-site'>,
) => AdministrationError | undefined;

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);
/** Nobody can register a name without a dot, or one with such an ending. [RFC 6761, 6762, 8375; ICANN 2024] */
const UNREGISTRABLE = /^[^.]+$|\.(?:localhost|local|internal|test|home\.arpa)$/;

/**
 * The emulator's key is public, so that reaching it is all that it takes, and every page in a developer's browser can
 * reach it. A browser tells which page asks; where the page's own name was made to point here (DNS rebinding), it is
 * the host that is none of the emulator's. Programs name no origin, and call it by an address or a local name.
 *
 * `allowedHosts` are further names of the emulator; with `*` any is taken, and rebound names go unnoticed.
 */
export function refuseForeignPages(allowedHosts: readonly string[]): RefuseForeignPages {
  const allowed = new Set([...allowedHosts, hostname()].map((name) => name.toLowerCase()));
  const isOwn = (host: string): boolean => {
    const name = nameOf(`http://${host}`)?.replace(/\.$/, '');
    if (name === undefined) return false;
    return allowed.has(name) || isIP(name.replace(/[[\]]/g, '')) !== 0 || UNREGISTRABLE.test(name);
  };
  return ({ host, origin, 'sec-fetch-site': site }) => {
    if (host !== undefined && !allowed.has('*') && !isOwn(host)) {
      const remedy = 'name it in allowedHosts, or with --allow-host';
      return new AdministrationError(421, `${JSON.stringify(host)} is no host of the emulator: ${remedy}.`);
    }
    if (origin === undefined ? site !== 'cross-site' : isLocal(origin) || isOf(origin, host))
      return undefined;
    return new AdministrationError(403, 'Pages of other sites are refused.');
  };
}

function nameOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).hostname : undefined;
}

function isLocal(origin: string): boolean {
  return LOOPBACK.has(nameOf(origin) ?? '');
}

function isOf(origin: string, host: string | undefined): boolean {
  return URL.canParse(origin) && new URL(origin).host === host?.toLowerCase();
}
