/** The page, the documents, and what the page loads: exactly these, as a route of yours may begin with /docs, too. */
const DOCUMENTATION =
  /^\/docs(?:-json|-yaml|\/(?:index\.html|swagger-ui(?:\.css|(?:-bundle|-standalone-preset|-init)\.js)|favicon-(?:16x16|32x32)\.png)?)?$/i;
/** The desk's page, which is the same for all and shows nothing by itself; what it asks for is below /desk/api. */
const DESK_PAGE = /^\/desk(?:\/(?!api(?:\/|$)).*)?$/i;
const LIVENESS = /^\/health\/live\/?$/i;
const HEALTH = /^\/health(?:\/(?:live|ready))?\/?$/i;

/** Returns whether a path belongs to the documentation. */
export function isDocumentation(path: string): boolean {
  return DOCUMENTATION.test(path);
}

/** Returns whether a path is a health check. */
export function isHealth(path: string): boolean {
  return HEALTH.test(path);
}

/** Returns whether a path gives everybody the same answer, with whatever credentials. */
export function isSameForAll(path: string): boolean {
  return path === '/' || isDocumentation(path) || LIVENESS.test(path);
}

/** Returns whether a path is open to everybody, without credentials. `/` only points to the others. */
export function isOpen(path: string): boolean {
  return path === '/' || isHealth(path) || isDocumentation(path) || DESK_PAGE.test(path);
}
