import { fileURLToPath, pathToFileURL } from 'node:url';

import { BUILT_IN, ENTRIES, PUBLISHED } from './bundle-packages.js';
import { readCompiled } from './compile-typescript.js';

const SOURCES = Object.fromEntries(
  BUILT_IN.map((name) => [
    `@nestjs-service-bus/${name}`,
    new URL(`../../packages/${name}/src/index.ts`, import.meta.url).href,
  ]),
);

let packages;
let dependencies;

/** Our packages are bundled in this folder, and dependencies in these files. */
export function initialize(data) {
  packages = data.packages;
  dependencies = data.dependencies;
}

/** An import of `x.js` from TypeScript means the `x.ts` beside it; one of a package may mean its bundle. */
export async function resolve(specifier, context, next) {
  if (specifier.startsWith('.') && context.parentURL?.endsWith('.ts')) {
    return next(specifier.replace(/\.js$/, '.ts'), context);
  }
  // An entry beside the main one lies in a folder of its own: `nestjs-service-bus/testing`.
  if (PUBLISHED.includes(specifier) || specifier in ENTRIES) {
    return next(pathToFileURL(`${packages}/${specifier}.mjs`).href, context);
  }
  if (specifier in dependencies && context.conditions.includes('import')) {
    return next(pathToFileURL(dependencies[specifier]).href, context);
  }
  return next(SOURCES[specifier] ?? specifier, context);
}

export async function load(url, context, next) {
  if (!url.endsWith('.ts')) return next(url, context);
  return { format: 'module', source: await readCompiled(fileURLToPath(url)), shortCircuit: true };
}
