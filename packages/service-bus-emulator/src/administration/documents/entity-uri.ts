/** Returns an entity's path, given its URI (`sb://host:5672/orders`) or path; undefined for an empty one. */
export function entityAt(uri: string | undefined): string | undefined {
  const path = uri
    ?.trim()
    .replace(/^[a-z]+:\/\/[^/]*/i, '')
    .replace(/^\/+|\/+$/g, '');
  return path === '' ? undefined : path;
}

/** Returns an entity's URI, as descriptions name forwarding targets. */
export function entityUri(host: string, path: string | undefined): string | undefined {
  return path === undefined ? undefined : `sb://${host.toLowerCase()}/${path}`;
}
