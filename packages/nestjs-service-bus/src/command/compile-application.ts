import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

import { CommandError } from './command-error.js';

interface TypeScript {
  readonly sys: { readonly readFile: (file: string) => string | undefined };
  readConfigFile(file: string, read: (file: string) => string | undefined): { config: unknown };
  parseJsonConfigFileContent(
    config: unknown,
    host: unknown,
    folder: string,
    overrides: object,
  ): { options: object };
  createProgram(files: readonly string[], options: object): { emit(): unknown };
}

/**
 * Compiles a file of TypeScript and what it imports, by the application's own compiler and tsconfig.json: into a folder
 * inside the application, where its packages are found, and which goes with the process: modules may be loaded late.
 */
export function compileApplication(file: string): string {
  const project = findUp(path.dirname(file), 'tsconfig.json');
  if (project === undefined)
    throw new CommandError(`${file}: there is no tsconfig.json above it: name a built file`);
  const typescript = loadTypeScript(project);
  const { config } = typescript.readConfigFile(path.join(project, 'tsconfig.json'), typescript.sys.readFile);
  // Beside the sources: there the nearest package.json says whether `.js` is an ES module.
  const outDir = mkdtempSync(path.join(project, '.nestjs-service-bus-'));
  const overrides = {
    outDir,
    rootDir: project,
    noEmit: false,
    declaration: false,
    composite: false,
    incremental: false,
    sourceMap: false,
    allowImportingTsExtensions: false,
  };
  const { options } = typescript.parseJsonConfigFileContent(config, typescript.sys, project, overrides);
  // Types are checked where the application is built.
  typescript.createProgram([file], options).emit();
  process.once('exit', () => rmSync(outDir, { recursive: true, force: true }));
  return path.join(outDir, path.relative(project, file)).replace(/\.([cm]?)ts$/, '.$1js');
}

function loadTypeScript(project: string): TypeScript {
  try {
    return createRequire(path.join(project, 'package.json'))('typescript') as TypeScript;
  } catch {
    throw new CommandError(`typescript is not installed in ${project}: install it, or name a built file`);
  }
}

function findUp(folder: string, name: string): string | undefined {
  if (existsSync(path.join(folder, name))) return folder;
  const above = path.dirname(folder);
  return above === folder ? undefined : findUp(above, name);
}
