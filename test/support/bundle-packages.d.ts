/**
 * Bundles each published package from its sources into one module, `<name>.mjs`, and returns their folder. Made again
 * only when a source has changed.
 */
export function bundlePackages(): Promise<string>;
