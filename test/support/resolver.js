import { existsSync } from 'node:fs';
import path from 'node:path';

import { bundleDependencies } from './bundle-dependencies.js';

const bundled = await bundleDependencies();

/** Resolves modules for Jest: dependencies to their bundles, and what TypeScript imports as `.js` to the `.ts` file. */
export function sync(request, options) {
  if (options.conditions?.includes('import') && request in bundled) return bundled[request];
  if (request.startsWith('.') && request.endsWith('.js')) {
    const source = path.resolve(options.basedir, `${request.slice(0, -'.js'.length)}.ts`);
    if (existsSync(source)) return source;
  }
  return options.defaultResolver(request, options);
}
