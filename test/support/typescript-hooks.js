import { createHash } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { BUILT_IN, PUBLISHED } from './bundle-packages.js';
import { CACHE, COMPILED_BY, compileTypescript } from './compile-typescript.js';

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
  if (PUBLISHED.includes(specifier)) {
    return next(pathToFileURL(`${packages}/${specifier}.mjs`).href, context);
  }
  if (specifier in dependencies && context.conditions.includes('import')) {
    return next(pathToFileURL(dependencies[specifier]).href, context);
  }
  return next(SOURCES[specifier] ?? specifier, context);
}

export async function load(url, context, next) {
  if (!url.endsWith('.ts')) return next(url, context);
  const source = await readFile(new URL(url), 'utf8');
  const cached = `${CACHE}/${createHash('sha1').update(COMPILED_BY).update(url).update(source).digest('hex')}.js`;
  try {
    return { format: 'module', source: await readFile(cached, 'utf8'), shortCircuit: true };
  } catch {
    const compiled = await compileTypescript(source, fileURLToPath(url));
    await writeFile(`${cached}.${process.pid}`, compiled);
    await rename(`${cached}.${process.pid}`, cached);
    return { format: 'module', source: compiled, shortCircuit: true };
  }
}
