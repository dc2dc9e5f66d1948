import { copyFile, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';

import ts from 'typescript';

const PACKAGE = path.resolve('packages/service-bus-emulator');
const SOURCES = path.join(PACKAGE, 'src');

/** Compiles the emulator into a folder, as the build does but in a second, and returns the file of its program. */
export async function buildEmulator(folder: string): Promise<string> {
  const { config } = ts.readConfigFile('tsconfig.base.json', (file) => ts.sys.readFile(file)) as {
    config: { compilerOptions: object };
  };
  const { options } = ts.convertCompilerOptionsFromJson({ ...config.compilerOptions, module: 'esnext' }, '.');
  const files = await readdir(SOURCES, { recursive: true });
  await Promise.all(
    files
      .filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'))
      .map(async (file) => {
        const source = await readFile(path.join(SOURCES, file), 'utf8');
        const target = path.join(folder, 'emulator', file.replace(/\.ts$/, '.js'));
        await mkdir(path.dirname(target), { recursive: true });
        await writeFile(target, ts.transpileModule(source, { compilerOptions: options }).outputText);
      }),
  );
  await copyFile(path.join(PACKAGE, 'package.json'), path.join(folder, 'package.json'));
  await symlink(path.resolve('node_modules'), path.join(folder, 'node_modules'));
  return path.join(folder, 'emulator', 'main.js');
}
