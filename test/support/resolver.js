import { existsSync } from 'node:fs';
import path from 'node:path';

import { bundleDependencies } from './bundle-dependencies.js';
import { bundlePackages, PUBLISHED } from './bundle-packages.js';

const PACKAGES = path.resolve(import.meta.dirname, '../../packages');

const bundled = await bundleDependencies();
const packages = await bundlePackages();

/**
 * Resolves modules for Jest: dependencies to their bundles, our packages too where others import them by name, and what
 * TypeScript imports as `.js` to the `.ts` file.
 */
export function sync(request, options) {
  if (options.conditions?.includes('import')) {
    if (request in bundled) return bundled[request];
    const [name, entry = 'index'] = request.split('/');
    if (PUBLISHED.includes(name)) {
      const own = path.join(PACKAGES, name, path.sep);
      const isWithin = options.basedir.startsWith(own);
      return isWithin ? path.join(own, `src/${entry}.ts`) : path.join(packages, `${request}.mjs`);
    }
  }
  if (request.startsWith('.') && request.endsWith('.js')) {
    const source = path.resolve(options.basedir, `${request.slice(0, -'.js'.length)}.ts`);
    if (existsSync(source)) return source;
  }
  return options.defaultResolver(request, options);
}
