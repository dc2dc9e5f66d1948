import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = new URL('../../', import.meta.url);
const CONFIG = fileURLToPath(new URL('tsconfig.base.json', ROOT));

/** Where compiled files are kept for further processes and runs: one is compiled again only when it has changed. */
export const CACHE = fileURLToPath(new URL('node_modules/.cache/compiled-sources', ROOT));

/** What compiled files depend on beside their source. */
export const COMPILED_BY = [
  'tsconfig.base.json',
  'node_modules/typescript/package.json',
  'node_modules/esbuild/package.json',
  'test/support/compile-typescript.js',
]
  .map((file) => readFileSync(new URL(file, ROOT)))
  .join();

let compiler;

/** Says which result of compiling is whose: a file that is copied to another folder need not be compiled again. */
export function keyOf(source, fileName) {
  return createHash('sha1').update(COMPILED_BY).update(path.basename(fileName)).update(source).digest('hex');
}

/** What a file is compiled to, from the cache if it is there. */
export async function readCompiled(fileName) {
  const source = await readFile(fileName, 'utf8');
  const cached = `${CACHE}/${keyOf(source, fileName)}.js`;
  try {
    return await readFile(cached, 'utf8');
  } catch {
    const compiled = await compileTypescript(source, fileName);
    const unfinished = `${cached}.${process.pid}`;
    await writeFile(unfinished, compiled);
    await rename(unfinished, cached);
    return compiled;
  }
}

/** A decorator of a class, a method, or a parameter. */
const DECORATOR = /(?:^|[\s(,])@[A-Z]\w*\(/m;

/**
 * Compiles TypeScript file by file, as `isolatedModules` allows: with esbuild, in a tenth of the time, but for what
 * decorators need to know of types, which only the compiler writes.
 */
export async function compileTypescript(source, fileName) {
  if (!DECORATOR.test(source)) return compileQuickly(source, fileName);
  compiler ??= await loadCompiler();
  const { ts, options } = compiler;
  return ts.transpileModule(source, { fileName, compilerOptions: options }).outputText;
}

async function compileQuickly(source, fileName) {
  const { transform } = await import('esbuild');
  const tsconfigRaw = { compilerOptions: { target: 'ES2023', useDefineForClassFields: true } };
  const { code } = await transform(source, {
    loader: 'ts',
    format: 'esm',
    target: 'es2023',
    // A source map names its source as seen from the compiled file.
    sourcefile: path.basename(fileName),
    sourcemap: 'inline',
    sourcesContent: false,
    tsconfigRaw,
  });
  return code;
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
