/** The packages that others can install. */
export const PUBLISHED: readonly string[];

/**
 * Bundles each published package from its sources into one module, `<name>.mjs`, and returns their folder. Made again
 * only when a source has changed.
 */
export function bundlePackages(): Promise<string>;
