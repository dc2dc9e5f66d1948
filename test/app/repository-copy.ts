import { type ExecFileException, execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { PUBLISHED } from '../support/bundle-packages.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const LEFT_OUT = new Set([
  'node_modules',
  'dist',
  'coverage',
  'bench',
  '.git',
  '.ci',
  '.env',
  '.emulator-data',
  '.postgres-data',
]);
const MAX_OUTPUT_BYTES = 10_000_000;

/** The output and the exit code of a command. */
export interface CommandResult {
  readonly output: string;
  readonly errors: string;
  readonly exitCode: ExecFileException['code'];
}

/** Leaves out what a build or an installation has put into a folder. */
const isSource = (file: string): boolean => !['node_modules', 'build', 'dist'].includes(path.basename(file));
/** The service as it was built, and what its packages have for their users. */
const BUILT = ['dist/service', ...PUBLISHED.map((name) => `packages/${name}/dist`)];

/** Installed packages are shared with this repository; its own packages are the copy's. */
async function linkPackages(directory: string): Promise<void> {
  const modules = path.join(directory, 'node_modules');
  await mkdir(modules);
  const own = await ownPackages(directory);
  for (const name of await readdir(path.join(ROOT, 'node_modules'))) {
    // A private package may have a scope of its own.
    const isOwn = [...own.keys()].some((one) => one === name || one.startsWith(`${name}/`));
    if (!isOwn) await symlink(path.join(ROOT, 'node_modules', name), path.join(modules, name));
  }
  for (const [name, folder] of own) {
    const link = path.join(modules, name);
    await mkdir(path.dirname(link), { recursive: true });
    await symlink(folder, link);
  }
}

/** The folders of the repository's packages, by name. */
async function ownPackages(directory: string): Promise<Map<string, string>> {
  const packages = path.join(directory, 'packages');
  const entries = await readdir(packages, { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => path.join(packages, name));
  return new Map(
    await Promise.all(
      folders.map(async (folder) => {
        const manifest = await readFile(path.join(folder, 'package.json'), 'utf8');
        return [(JSON.parse(manifest) as { name: string }).name, folder] as const;
      }),
    ),
  );
}

/** A copy of this repository that tests may change; it shares the installed packages. */
export class RepositoryCopy {
  private constructor(private readonly directory: string) {}

  static async make(): Promise<RepositoryCopy> {
    const directory = await mkdtemp(path.join(tmpdir(), 'repository-'));
    const names = (await readdir(ROOT)).filter((name) => !LEFT_OUT.has(name));
    for (const name of names) {
      await cp(path.join(ROOT, name), path.join(directory, name), { recursive: true, filter: isSource });
    }
    await linkPackages(directory);
    return new RepositoryCopy(directory);
  }

  /** Takes over what was built here. */
  async takeBuilt(): Promise<void> {
    for (const folder of BUILT) {
      await cp(path.join(ROOT, folder), this.path(folder), { recursive: true });
    }
  }

  /** Runs Node there, with these arguments. */
  node(...args: string[]): Promise<CommandResult> {
    const { PATH } = process.env;
    const options = { cwd: this.directory, env: { PATH, NO_COLOR: '1' }, maxBuffer: MAX_OUTPUT_BYTES };
    return new Promise((resolve) => {
      execFile(process.execPath, args, options, (error, output, errors) =>
        resolve({ output, errors, exitCode: error ? error.code : 0 }),
      );
    });
  }

  /** Where a file of it is. */
  path(file: string): string {
    return path.join(this.directory, file);
  }

  /** The files of one of its folders. */
  async list(folder: string): Promise<string[]> {
    return (await readdir(this.path(folder))).map((name) => path.join(folder, name));
  }

  read(file: string): Promise<string> {
    return readFile(path.join(this.directory, file), 'utf8');
  }

  async change(file: string, change: (text: string) => string): Promise<void> {
    await writeFile(path.join(this.directory, file), change(await this.read(file)));
  }

  /** The text of every file, by its path. */
  async everything(): Promise<Record<string, string>> {
    const entries = await readdir(this.directory, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile());
    const paths = files.map(({ parentPath, name }) =>
      path.relative(this.directory, path.join(parentPath, name)),
    );
    return Object.fromEntries(
      await Promise.all(paths.sort().map(async (file) => [file, await this.read(file)] as const)),
    );
  }

  close(): Promise<void> {
    return rm(this.directory, { recursive: true });
  }
}
