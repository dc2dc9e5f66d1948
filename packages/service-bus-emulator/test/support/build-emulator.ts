import { copyFile, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';

import ts from 'typescript';

const PACKAGES = path.resolve('packages');
const EMULATOR = path.join(PACKAGES, 'service-bus-emulator');
/** Where the emulator's program finds these packages before the installed ones, which may not be built. */
const BUILT_IN = 'emulator/node_modules/@nestjs-service-bus';

/** Compiles the emulator into a folder, as the build does but in a second, and returns the file of its program. */
export async function buildEmulator(folder: string): Promise<string> {
  const { config } = ts.readConfigFile('tsconfig.base.json', (file) => ts.sys.readFile(file)) as {
    config: { compilerOptions: object };
  };
  const { options } = ts.convertCompilerOptionsFromJson({ ...config.compilerOptions, module: 'esnext' }, '.');
  await compile(path.join(EMULATOR, 'src'), path.join(folder, 'emulator'), options);
  for (const name of ['amqp-message', 'rule-filter']) {
    const target = path.join(folder, BUILT_IN, name);
    await compile(path.join(PACKAGES, name, 'src'), target, options);
    await writeFile(path.join(target, 'package.json'), '{ "type": "module", "exports": "./index.js" }');
  }
  await copyFile(path.join(EMULATOR, 'package.json'), path.join(folder, 'package.json'));
  await symlink(path.resolve('node_modules'), path.join(folder, 'node_modules'));
  return path.join(folder, 'emulator', 'main.js');
}

async function compile(sources: string, folder: string, compilerOptions: ts.CompilerOptions): Promise<void> {
  const files = await readdir(sources, { recursive: true });
  await Promise.all(
    files
      .filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'))
      .map(async (file) => {
        const source = await readFile(path.join(sources, file), 'utf8');
        const target = path.join(folder, file.replace(/\.ts$/, '.js'));
        await mkdir(path.dirname(target), { recursive: true });
        await writeFile(target, ts.transpileModule(source, { compilerOptions }).outputText);
      }),
  );
}
