import { type IncomingMessage } from 'node:http';

/** Sites that a request of our own page, of its address bar, or of a program comes from. */
const OWN = new Set<string | string[] | undefined>([undefined, 'same-origin', 'none']);

/**
 * Whether it is not the page of another site that makes a browser send this. What changes something has a header that
 * such a page could only send after asking us, which is always refused.
 */
export function isOwnPage({ method, headers }: IncomingMessage): boolean {
  const { host, origin } = headers;
  const site = headers['sec-fetch-site'];
  if (!OWN.has(site)) return false;
  if (origin !== undefined && (!URL.canParse(origin) || new URL(origin).host !== host)) return false;
  return method === 'GET' || headers['x-desk'] === '1';
}
