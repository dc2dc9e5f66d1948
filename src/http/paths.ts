const DOCUMENTATION = /^\/docs(?:[/-]|$)/i;
const HEALTH = /^\/health(?:\/(?:live|ready))?\/?$/i;

/** Whether a path is one of the documentation's. */
export function isDocumentation(path: string): boolean {
  return DOCUMENTATION.test(path);
}

/** Whether a path is one that probes ask. */
export function isHealth(path: string): boolean {
  return HEALTH.test(path);
}

/** Whether a path is for everybody, with or without credentials: `/` only points to the others. */
export function isOpen(path: string): boolean {
  return path === '/' || isHealth(path) || isDocumentation(path);
}
