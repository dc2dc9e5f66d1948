import { badRequest } from '../administration-error.js';

/**
 * Returns an entity's path, given its URI (`sb://host:5672/orders`) or path; undefined for an empty text.
 * @throws AdministrationError 400 for a URI without a path
 */
export function entityAt(uri: string | undefined): string | undefined {
  const text = uri?.trim() ?? '';
  if (text === '') return undefined;
  const path = text.replace(/^[a-z]+:\/\/[^/]*/i, '').replace(/^\/+|\/+$/g, '');
  if (path === '') throw badRequest(`The URI '${text}' names no entity: it has no path.`);
  return path;
}

/** Returns an entity's URI, as descriptions name forwarding targets. */
export function entityUri(host: string, path: string | undefined): string | undefined {
  return path === undefined ? undefined : `sb://${host.toLowerCase()}/${path}`;
}
