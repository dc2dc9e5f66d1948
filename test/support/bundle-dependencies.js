import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = new URL('../../', import.meta.url);
const CACHE = fileURLToPath(new URL('node_modules/.cache/test-dependencies', ROOT));

/** What most suites import, each of many files. */
const DEPENDENCIES = [
  '@azure/core-tracing',
  '@azure/identity',
  '@azure/service-bus',
  '@nestjs/common',
  '@nestjs/config',
  '@nestjs/core',
  '@nestjs/microservices',
  '@nestjs/microservices/exceptions/rpc-exceptions-handler.js',
  '@nestjs/platform-express',
  '@nestjs/swagger',
  '@nestjs/terminus',
  '@nestjs/testing',
  '@opentelemetry/api',
  '@opentelemetry/exporter-prometheus',
  '@opentelemetry/sdk-metrics',
  'class-transformer',
  'class-transformer/cjs/storage.js',
  'class-validator',
  'express',
  'express-rate-limit',
  'fast-check',
  'helmet',
  'jose',
  'long',
  'rhea',
  'rxjs',
  'ws',
];

/** Nest's decorators need the one first, before any chunk of a bundle runs; CommonJS modules in a bundle, the other. */
const BANNER = `import 'reflect-metadata';
import { createRequire as makeRequire } from 'node:module';
const require = makeRequire(import.meta.url);`;

/**
 * Bundles the dependencies into some modules, and returns the file of each. Jest loads every module anew for every
 * suite: a hundred suites load Nest and the SDK in a third of the time when those are not a thousand files. Made again
 * only when the lockfile has changed.
 */
export async function bundleDependencies() {
  const folder = path.join(CACHE, hashOfVersions());
  if (!existsSync(folder)) await make(folder);
  return Object.fromEntries(DEPENDENCIES.map((name) => [name, path.join(folder, `${entryName(name)}.mjs`)]));
}

function hashOfVersions() {
  const hash = createHash('sha1').update(process.version);
  for (const file of [new URL('package-lock.json', ROOT), import.meta.url]) {
    hash.update(readFileSync(new URL(file)));
  }
  return hash.digest('hex');
}

async function make(folder) {
  await mkdir(CACHE, { recursive: true });
  const unfinished = await mkdtemp(path.join(CACHE, 'unfinished-'));
  await bundle(unfinished);
  // Another process may have been faster.
  await rename(unfinished, folder).catch(() => rm(unfinished, { recursive: true }));
}

async function bundle(folder) {
  const { build } = await import('esbuild');
  const written = await mkdtemp(path.join(CACHE, 'entries-'));
  const entries = new Map(DEPENDENCIES.map((name) => [name, path.join(written, `${entryName(name)}.mjs`)]));
  for (const [name, file] of entries) await writeFile(file, await entryOf(name));
  await build({
    entryPoints: [...entries.values()],
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    keepNames: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    // As Node chooses: bundlers have a condition of their own, "module".
    conditions: [],
    mainFields: ['main'],
    banner: { js: BANNER },
    external: ['reflect-metadata'],
    plugins: [resolvePackages(entries)],
    logLevel: 'error',
  });
  await rm(written, { recursive: true });
}

/** Exports what Node exports of the module, whether it is an ES module or a CommonJS one. */
async function entryOf(name) {
  const names = Object.keys(await import(name));
  const isCommonJs = fileURLToPath(import.meta.resolve(name)) in createRequire(import.meta.url).cache;
  if (!isCommonJs) {
    const byDefault = names.includes('default') ? `export { default } from '${name}';` : '';
    return `export * from '${name}'; ${byDefault}`;
  }
  const named = names.filter((key) => key !== 'default' && key !== 'module.exports');
  const variables = named.map((key, index) => `${key}: e${index}`);
  const exported = named.map((key, index) => `e${index} as ${key}`);
  return `import all from '${name}'; export default all; const { ${variables} } = all; export { ${exported} };`;
}

const resolvePackages = (entries) => ({
  name: 'resolve-packages',
  setup(build) {
    build.onResolve({ filter: /^[^./]/ }, async ({ path: name, pluginData, ...args }) => {
      if (pluginData === entries) return undefined;
      // esbuild gives import() nothing but the default of a CommonJS module.
      if (args.kind === 'dynamic-import' && entries.has(name)) return { path: entries.get(name) };
      // Nest asks for packages that need not be there. What esbuild finds by itself keeps the type of its package.
      const found = await build.resolve(name, { ...args, pluginData: entries });
      return found.errors.length > 0 ? { path: name, external: true } : undefined;
    });
  },
});

function entryName(name) {
  return name.replaceAll('/', '+').replace(/\.js$/, '');
}
