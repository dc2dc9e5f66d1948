import { chmod, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { rollup } from 'rollup';
import { dts } from 'rollup-plugin-dts';

import { bundleDeskPage } from './bundle-desk-page.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** What a bundle is written as, and how its files end. */
const IMPORT = { format: 'es', extension: '.js', sourcemap: true };
const REQUIRE = {
  format: 'cjs',
  extension: '.cjs',
  sourcemap: true,
  // Jest has no import() for CommonJS unless a flag of Node's allows it.
  dynamicImportInCjs: false,
  interop: 'auto',
  exports: 'named',
};
const DECLARATIONS = [
  { format: 'es', extension: '.d.ts' },
  { format: 'es', extension: '.d.cts' },
];

/**
 * Bundles what `tsc -b` left in the `build/` of each published package into its `dist/`: JavaScript and declarations,
 * both for `import` and for `require`. The entries are those that the manifest exports: `./dist/testing.js` is made from
 * `build/testing.js`. Private packages are built in; all others stay external.
 */
async function bundlePackages() {
  const packages = await readPackages();
  const builtIn = new Map(
    packages.filter(({ manifest }) => manifest.private).map(({ manifest, build }) => [manifest.name, build]),
  );
  const published = packages.filter(({ manifest }) => !manifest.private);
  await Promise.all(published.map((one) => bundlePackage(one, builtIn)));
  await Promise.all(published.map(makePrograms));
}

async function readPackages() {
  const entries = await readdir(path.join(ROOT, 'packages'), { withFileTypes: true });
  const folders = entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => path.join(ROOT, 'packages', name));
  return Promise.all(
    folders.map(async (folder) => ({
      manifest: JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8')),
      build: path.join(folder, 'build'),
      dist: path.join(folder, 'dist'),
    })),
  );
}

async function bundlePackage({ manifest, build, dist }, builtIn) {
  const entries = Object.values(manifest.exports)
    .map((target) => target.import?.default)
    .filter((file) => file !== undefined)
    .map(entryName);
  const programs = Object.values(manifest.bin ?? {}).map(entryName);
  const inputs = (names, extension) =>
    Object.fromEntries(names.map((name) => [name, path.join(build, name + extension)]));

  await rm(dist, { recursive: true, force: true });
  const code = await bundle(
    inputs([...entries, ...programs], '.js'),
    [resolvePackages(builtIn, '.js'), readSourceMaps],
    dist,
    [IMPORT, { ...REQUIRE, plugins: [leaveOut(programs)] }],
  );
  const plugins = [resolvePackages(builtIn, '.d.ts'), dts(), exportTypes(code)];
  // Each entry by itself: a chunk that several share would export what none of them does.
  const declarations = [];
  for (const entry of entries) {
    const own = entry === 'index' ? plugins : [importFromMain(manifest.name), ...plugins];
    declarations.push(...(await bundle(inputs([entry], '.d.ts'), own, dist, DECLARATIONS)));
  }
  checkImports(manifest, code, declarations);
}

/**
 * Lets `npx` run the package's programs in this repository: npm does that when it installs, and leaves out those that
 * are not built yet.
 */
async function makePrograms({ manifest, dist }) {
  for (const [name, file] of Object.entries(manifest.bin ?? {})) {
    await chmod(path.join(dist, `${entryName(file)}.js`), 0o755);
    // There npm starts programs by scripts of its own.
    if (process.platform === 'win32') continue;
    const link = path.join(ROOT, 'node_modules', '.bin', name);
    await symlink(path.join('..', manifest.name, file), link).catch((error) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
}

/** `./dist/testing.js` is the entry `testing`. */
function entryName(file) {
  const [, name] = /^\.\/dist\/([\w-]+)\.js$/.exec(file) ?? [];
  if (name === undefined)
    throw new Error(`package.json names ${file}, which is not of the form ./dist/<name>.js`);
  return name;
}

/** Writes the inputs in each of these forms, and returns the files of the first. */
async function bundle(input, plugins, dir, outputs) {
  const bundled = await rollup({ input, plugins, onLog: failOnWarnings });
  const written = [];
  for (const { extension, ...output } of outputs) {
    const fileNames = `[name]${extension}`;
    written.push(
      await bundled.write({
        ...output,
        dir,
        entryFileNames: fileNames,
        // A chunk of declarations is named after a module that ends with `.d` already.
        chunkFileNames: ({ name }) => name.replace(/\.d$/, '') + extension,
        generatedCode: 'es2015',
        externalLiveBindings: false,
        // Imports for nothing but their being loaded early make bundlers warn of each.
        hoistTransitiveImports: false,
      }),
    );
  }
  await bundled.close();
  const chunks = written.flatMap(({ output }) => output).filter(({ type }) => type === 'chunk');
  for (const { code } of chunks) checkClassNames(code);
  return written[0].output.filter(({ type }) => type === 'chunk');
}

function failOnWarnings(level, log) {
  // TypeScript's helpers for decorators look at `this`, and go on without; circles are the linter's business.
  if (level !== 'warn' || ['THIS_IS_UNDEFINED', 'CIRCULAR_DEPENDENCY'].includes(log.code)) return;
  throw new Error(log.message);
}

/** Finds private packages in their build; every other package is external. */
const resolvePackages = (builtIn, extension) => ({
  name: 'resolve-packages',
  resolveId(source, importer) {
    if (importer === undefined || /^[./]/.test(source)) return null;
    const build = builtIn.get(source);
    return build === undefined ? { id: source, external: true } : path.join(build, `index${extension}`);
  },
});

/** Classes that users write as types of their own: a second declaration would be another type, for its private members. */
const DECLARED_ONCE = /\/service-bus(?:-batch)?\.context\.js$/;

/** Has declarations of a second entry import those classes from the first. */
const importFromMain = (name) => ({
  name: 'import-from-main',
  resolveId: (source) => (DECLARED_ONCE.test(source) ? { id: name, external: true } : null),
});

/** Hands TypeScript's maps on, so that those of the bundles lead to the sources. */
const readSourceMaps = {
  name: 'read-source-maps',
  async load(id) {
    const [code, map] = await Promise.all([readFile(id, 'utf8'), readFile(`${id}.map`, 'utf8')]);
    return { code, map: JSON.parse(map) };
  },
};

/** Programs are run, and not imported: one form of each is enough. */
const leaveOut = (programs) => ({
  name: 'leave-out',
  generateBundle(_, files) {
    for (const [fileName, { name, isEntry }] of Object.entries(files)) {
      if (isEntry && programs.includes(name)) {
        delete files[fileName];
        delete files[`${fileName}.map`];
      }
    }
  },
});

/** A class that an entry exports as a type only would be declared as a value, which is not there at run time. */
const exportTypes = (code) => ({
  name: 'export-types',
  renderChunk(declarations, { name, isEntry }) {
    if (!isEntry) return null;
    const { exports } = code.find((chunk) => chunk.isEntry && chunk.name === name);
    return declarations.replace(/^export \{ (.*) \};$/m, (_, list) => {
      const isValue = (one) => exports.includes(one.split(' as ').at(-1));
      const names = list.split(', ');
      const types = names.filter((one) => !isValue(one));
      const lines = [
        `export { ${names.filter(isValue).join(', ')} };`,
        `export type { ${types.join(', ')} };`,
      ];
      return (types.length > 0 ? lines : lines.slice(0, 1)).join('\n');
    });
  },
});

/** Two classes of one name would be told apart by `$1`; Nest, logs and dead-letter reasons go by the names. */
function checkClassNames(code) {
  const [, renamed] = /\bclass (\w+\$\d+)\b/.exec(code) ?? [];
  if (renamed !== undefined) throw new Error(`two classes of one package share a name: ${renamed}`);
}

/** The manifest requires what the bundles import, and depends on nothing else. */
function checkImports(
  { name, dependencies = {}, peerDependencies = {}, peerDependenciesMeta = {} },
  code,
  declarations,
) {
  // What only a second entry needs, such as the test kit's tools, may be an optional peer.
  const isMain = ({ isEntry, name: entry }) => !isEntry || entry === 'index';
  const chunks = [...code, ...declarations];
  const always = importedPackages(chunks.filter(isMain), 'imports', name);
  const sometimes = [
    ...importedPackages(code, 'dynamicImports', name),
    ...importedPackages(chunks, 'imports', name).filter((one) => !always.includes(one)),
  ];
  const peers = Object.keys(peerDependencies);
  const installed = [
    ...Object.keys(dependencies),
    ...peers.filter((peer) => peerDependenciesMeta[peer]?.optional !== true),
  ];
  const missing = [
    ...always.filter((one) => !installed.includes(one)),
    ...sometimes.filter((one) => !installed.includes(one) && !peers.includes(one)),
  ];
  const idle = Object.keys(dependencies).filter((one) => !always.includes(one) && !sometimes.includes(one));
  const problems = [
    ...missing.map((one) => `${name} imports ${one}, which its package.json does not require`),
    ...idle.map((one) => `${name} depends on ${one}, which it does not import`),
  ];
  if (problems.length > 0) throw new Error(problems.join('\n'));
}

function importedPackages(chunks, kind, name) {
  const own = chunks.map(({ fileName }) => fileName);
  const external = chunks
    .flatMap((chunk) => chunk[kind])
    .filter((imported) => imported !== name && !own.includes(imported) && !isBuiltin(imported));
  return [...new Set(external.map((imported) => /^(?:@[^/]+\/)?[^/]+/.exec(imported)[0]))];
}

await bundlePackages();
await bundleDeskPage();
