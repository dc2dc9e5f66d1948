import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { build } from 'esbuild';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Left where they are installed: the program loads them from there, if at all. */
const EXTERNAL = [
  // They load files of their own: binaries, models, pages.
  'classic-level',
  'jsonc-parser',
  'pino',
  'selfsigned',
  'service-bus-desk',
  'swagger-ui-dist',
  'wink-eng-lite-web-model',
  'wink-nlp',
  // Instruments other packages as these are loaded, and may be loaded before the program.
  '@opentelemetry/*',
  // Loaded only where the service signs in with Microsoft Entra ID.
  '@azure/identity',
  // Nest asks for them, and goes on without.
  '@apollo/*',
  '@fastify/*',
  '@grpc/*',
  '@nats-io/*',
  '@nestjs/axios',
  '@nestjs/mongoose',
  '@nestjs/platform-socket.io',
  '@nestjs/sequelize',
  '@nestjs/typeorm',
  '@nestjs/websockets',
  '@nestjs/websockets/*',
  'amqp-connection-manager',
  'amqplib',
  'fastify*',
  'ioredis',
  'kafkajs',
  'mongoose',
  'mqtt',
  'nats',
  'sequelize',
  'typeorm',
];

/** CommonJS in the bundle asks for these. */
const BANNER = [
  `import { createRequire as __createRequire } from 'node:module';`,
  `import { dirname as __directoryOf } from 'node:path';`,
  `import { fileURLToPath as __pathOf } from 'node:url';`,
  'const require = __createRequire(import.meta.url);',
  'const __filename = __pathOf(import.meta.url);',
  'const __dirname = __directoryOf(__filename);',
].join(' ');

/**
 * `import()` of a CommonJS package gives Node its exports by name, and a bundle only the default one: this gives them
 * their names back.
 */
const namedExports = {
  name: 'named-exports',
  setup({ onResolve, onLoad, resolve }) {
    onResolve({ filter: /^[^.]/ }, async ({ path: name, kind, resolveDir, pluginData }) => {
      if (kind !== 'dynamic-import' || pluginData === namedExports) return undefined;
      const found = await resolve(name, { kind: 'require-call', resolveDir, pluginData: namedExports });
      if (found.external || found.errors.length > 0 || !(await isCommonJs(found.path))) return undefined;
      return { path: found.path, namespace: namedExports.name };
    });
    onLoad({ filter: /./, namespace: namedExports.name }, async ({ path: file }) => {
      const { default: exported } = await import(pathToFileURL(file).href);
      const names = Object.keys(exported).filter((name) => name !== 'default' && name !== '__esModule');
      const contents = [
        `import * as exported from ${JSON.stringify(file)};`,
        'export default exported;',
        ...names.map((name) => `export const ${name} = exported.${name};`),
      ].join('\n');
      return { contents, resolveDir: path.dirname(file) };
    });
  },
};

/** [Node: Modules] By the name of the file, else by what the package says it is. */
async function isCommonJs(file) {
  if (!file.endsWith('.js')) return file.endsWith('.cjs');
  for (let folder = path.dirname(file); ; folder = path.dirname(folder)) {
    try {
      const { name, type } = JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8'));
      if (name !== undefined || type !== undefined) return type !== 'module';
    } catch {
      if (folder === path.dirname(folder)) return true;
    }
  }
}

const SHARED = {
  bundle: true,
  // What is loaded later, or never, stays in files of its own.
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  // Nest, logs and dead-letter reasons go by the names of classes.
  keepNames: true,
  sourcemap: true,
  sourcesContent: false,
  logLevel: 'warning',
  // The SDK's modules have no effects, so that esbuild leaves out an import for effects alone, and rightly so.
  logOverride: { 'ignored-bare-import': 'silent' },
};

/**
 * Bundles the compiled service, with most of what it imports, into a few files in `dist/service`: most of the time until
 * a process is ready goes into finding and loading some 2,000 modules.
 */
async function bundleService(root) {
  const outdir = path.join(root, 'dist', 'service');
  await rm(outdir, { recursive: true, force: true });
  await build({
    ...SHARED,
    absWorkingDir: root,
    // The other tsconfig.json would have the bundle read the packages' sources.
    tsconfig: path.join(root, 'tsconfig.build.json'),
    entryPoints: [path.join(root, 'dist', 'main.js')],
    outdir,
    external: EXTERNAL,
    plugins: [namedExports],
    banner: { js: BANNER },
    legalComments: 'linked',
  });
}

await bundleService(ROOT);
