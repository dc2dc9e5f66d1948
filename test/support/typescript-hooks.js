import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const ROOT = new URL('../../', import.meta.url);
const CONFIG = fileURLToPath(new URL('tsconfig.base.json', ROOT));
/** What compiled files depend on beside their source. */
const COMPILED_BY = [
  'tsconfig.base.json',
  'node_modules/typescript/package.json',
  'test/support/typescript-hooks.js',
]
  .map((file) => readFileSync(new URL(file, ROOT)))
  .join();
/** The folders of our packages, by the names under which they are imported. */
const PACKAGES = new Map([
  ['@nestjs-service-bus/amqp-message', 'amqp-message'],
  ['nestjs-service-bus', 'nestjs-service-bus'],
  ['service-bus-emulator', 'service-bus-emulator'],
]);

let cacheDirectory;
let compiler;

/** Compiled files are kept in this directory, for further processes. */
export function initialize(data) {
  cacheDirectory = data.cacheDirectory;
}

/** An import of `x.js` from TypeScript means the `x.ts` beside it; one of our packages means its sources. */
export async function resolve(specifier, context, next) {
  if (specifier.startsWith('.') && context.parentURL?.endsWith('.ts')) {
    return next(specifier.replace(/\.js$/, '.ts'), context);
  }
  const folder = PACKAGES.get(specifier);
  if (folder === undefined) return next(specifier, context);
  return next(new URL(`packages/${folder}/src/index.ts`, ROOT).href, context);
}

/** Compiles TypeScript file by file, as `isolatedModules` allows. */
export async function load(url, context, next) {
  if (!url.endsWith('.ts')) return next(url, context);
  const source = await readFile(new URL(url), 'utf8');
  const cached = `${cacheDirectory}/${createHash('sha1').update(COMPILED_BY).update(url).update(source).digest('hex')}.js`;
  try {
    return { format: 'module', source: await readFile(cached, 'utf8'), shortCircuit: true };
  } catch {
    const compiled = await compile(source, fileURLToPath(url));
    await writeFile(`${cached}.${process.pid}`, compiled);
    await rename(`${cached}.${process.pid}`, cached);
    return { format: 'module', source: compiled, shortCircuit: true };
  }
}

async function compile(source, fileName) {
  compiler ??= await loadCompiler();
  const { ts, options } = compiler;
  return ts.transpileModule(source, { fileName, compilerOptions: options }).outputText;
}

async function loadCompiler() {
  const { default: ts } = await import('typescript');
  const { config } = ts.readConfigFile(CONFIG, ts.sys.readFile);
  const { options } = ts.convertCompilerOptionsFromJson(
    // One file alone does not tell the compiler that the package is made of ES modules.
    { ...config.compilerOptions, module: 'esnext', inlineSourceMap: true, sourceMap: false },
    '.',
  );
  return { ts, options };
}
