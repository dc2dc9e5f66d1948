import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ROOT = new URL('../../', import.meta.url);
const CONFIG = fileURLToPath(new URL('tsconfig.base.json', ROOT));

/** Where compiled files are kept for further processes and runs: one is compiled again only when it has changed. */
export const CACHE = fileURLToPath(new URL('node_modules/.cache/compiled-sources', ROOT));

/** What compiled files depend on beside their source. */
export const COMPILED_BY = [
  'tsconfig.base.json',
  'node_modules/typescript/package.json',
  'test/support/compile-typescript.js',
]
  .map((file) => readFileSync(new URL(file, ROOT)))
  .join();

let compiler;

/** Compiles TypeScript file by file, as `isolatedModules` allows. */
export async function compileTypescript(source, fileName) {
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
