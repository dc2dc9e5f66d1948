import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { CACHE, COMPILED_BY, compileTypescript } from './compile-typescript.js';

const PACKAGES = fileURLToPath(new URL('../../packages/', import.meta.url));
/** The packages that others can install. */
export const PUBLISHED = [
  'nestjs-service-bus',
  'nestjs-service-bus-outbox',
  'service-bus-desk',
  'service-bus-emulator',
];

/** What they export besides: files of the transport's sources, by the name that is imported. */
export const ENTRIES = {
  'nestjs-service-bus/formats': 'formats.ts',
  'nestjs-service-bus/testing': 'testing.ts',
};

/** What our packages share, and nobody installs. */
export const BUILT_IN = ['amqp-message', 'rule-filter'];

/**
 * Bundles each published package from its sources into one module, `<name>.mjs`, and returns their folder: a process
 * starts with one in half the time that it needs for hundreds of files. Made again only when a source has changed.
 */
export async function bundlePackages() {
  const folder = path.join(CACHE, `packages-${hashOfSources()}`);
  if (existsSync(folder)) return folder;
  await mkdir(CACHE, { recursive: true });
  const unfinished = await mkdtemp(path.join(CACHE, 'packages-'));
  await bundle(unfinished);
  // Another process may have been faster.
  await rename(unfinished, folder).catch(() => rm(unfinished, { recursive: true }));
  return folder;
}

function hashOfSources() {
  const hash = createHash('sha1')
    .update(COMPILED_BY)
    .update(readFileSync(fileURLToPath(import.meta.url)));
  for (const name of readdirSync(PACKAGES)) {
    const source = path.join(PACKAGES, name, 'src');
    if (!existsSync(source)) continue;
    for (const file of readdirSync(source, { recursive: true }).sort()) {
      const absolute = path.join(source, file);
      if (/(?<!\.spec)\.ts$/.test(file) && statSync(absolute).isFile()) {
        hash.update(path.join(name, file)).update(readFileSync(absolute));
      }
    }
  }
  return hash.digest('hex');
}

async function bundle(folder) {
  const { build } = await import('esbuild');
  await build({
    entryPoints: {
      ...Object.fromEntries(PUBLISHED.map((name) => [name, entryOf(name)])),
      ...Object.fromEntries(
        Object.entries(ENTRIES).map(([name, file]) => [
          name,
          path.join(PACKAGES, 'nestjs-service-bus', 'src', file),
        ]),
      ),
    },
    // They share the classes of the transport.
    splitting: true,
    chunkNames: '[name]-[hash]',
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    sourcemap: 'linked',
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    // tsconfig.json leads to their sources, which would be in the bundle of each package that imports them.
    external: PUBLISHED,
    alias: Object.fromEntries(BUILT_IN.map((name) => [`@nestjs-service-bus/${name}`, entryOf(name)])),
    plugins: [typescript],
    logLevel: 'error',
  });
}

function entryOf(name) {
  return path.join(PACKAGES, name, 'src', 'index.ts');
}

/** esbuild does not write what decorators need to know of types; the compiler does. */
const typescript = {
  name: 'typescript',
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, async ({ path: fileName }) => ({
      contents: await compileTypescript(await readFile(fileName, 'utf8'), fileName),
      loader: 'js',
    }));
  },
};
