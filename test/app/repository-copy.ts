import { type ExecFileException, execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

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
]);
const MAX_OUTPUT_BYTES = 10_000_000;

/** What a command wrote, and how it ended. */
export interface CommandResult {
  readonly output: string;
  readonly errors: string;
  readonly exitCode: ExecFileException['code'];
}

/** What a build or an installation left inside a folder stays behind. */
const isSource = (file: string): boolean =>
  !['node_modules', 'dist', 'build', 'tsconfig.tsbuildinfo'].includes(path.basename(file));

/** Installed packages are shared with this repository; its own packages are the copy's. */
async function linkPackages(directory: string, modules = 'node_modules'): Promise<void> {
  await mkdir(path.join(directory, modules));
  for (const entry of await readdir(path.join(ROOT, modules), { withFileTypes: true })) {
    const name = path.join(modules, entry.name);
    // A scope of our own, within which the packages are links.
    if (entry.name === '@nestjs-service-bus') await linkPackages(directory, name);
    else {
      const target = entry.isSymbolicLink()
        ? path.join(directory, 'packages', entry.name)
        : path.join(ROOT, name);
      await symlink(target, path.join(directory, name));
    }
  }
}

/** A copy of this repository, to change at will; it shares the installed packages. */
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
