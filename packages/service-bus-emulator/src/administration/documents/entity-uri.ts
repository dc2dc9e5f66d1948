/** The path of an entity out of its URI (`sb://host:5672/orders`) or a bare path; undefined for none. */
export function entityAt(uri: string | undefined): string | undefined {
  const path = uri
    ?.trim()
    .replace(/^[a-z]+:\/\/[^/]*/i, '')
    .replace(/^\/+|\/+$/g, '');
  return path === '' ? undefined : path;
}

/** The URI of an entity, as descriptions name the targets of forwards. */
export function entityUri(host: string, path: string | undefined): string | undefined {
  return path === undefined ? undefined : `sb://${host.toLowerCase()}/${path}`;
}
