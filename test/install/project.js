import { cp, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { run } from './run-command.js';
import { manifestOf } from './strangers.js';

const APP = fileURLToPath(new URL('app', import.meta.url));
const INSTALL = ['install', '--no-fund', '--no-audit', '--loglevel=warn'];

/** A Nest project of somebody who has never seen this repository, in a folder outside it. */
export class Project {
  constructor(stranger, folder, deadlineMs) {
    this.stranger = stranger;
    this.folder = path.join(folder, 'app');
    this.deadlineMs = deadlineMs;
  }

  /** Runs a command in the project; fails when the stranger's time is over. */
  run(command, args, options) {
    const timeoutMs = Math.max(this.deadlineMs - performance.now(), 1);
    return run(command, args, { cwd: this.folder, timeoutMs, ...options });
  }

  path(...names) {
    return path.join(this.folder, ...names);
  }

  /** Has Nest's own CLI make the project, and replaces its sample by an application on Service Bus. */
  async make() {
    const make = ['exec', '--yes', `--package=${this.stranger.cli}`, '--', 'nest', 'new', 'app'];
    const options = ['--skip-install', '--skip-git', '--package-manager', 'npm'];
    await this.run('npm', [...make, ...options], { cwd: path.dirname(this.folder) });
    const manifest = JSON.parse(await readFile(this.path('package.json'), 'utf8'));
    await this.writeJson('package.json', manifestOf(this.stranger, manifest));
    if (this.stranger.jestConfig) await this.writeJson('jest.config.json', this.stranger.jestConfig);
    await this.replaceSources();
  }

  async replaceSources() {
    for (const file of await readdir(this.path('src'))) {
      if (file !== 'main.ts') await rename(this.path('src', file), this.path('src', `${file}.sample`));
    }
    for (const file of await readdir(APP)) {
      const target = this.path('src', file.replace('.test.ts', '.spec.ts'));
      if (this.stranger.isEsm || !file.endsWith('.ts')) {
        await cp(path.join(APP, file), target);
      } else {
        // CommonJS by its CLI imports without a suffix.
        const source = await readFile(path.join(APP, file), 'utf8');
        await writeFile(target, source.replaceAll(/ from '(\.[^']*)\.js'/g, " from '$1'"));
      }
    }
  }

  /** Installs the project as it stands, then the tarballs, and returns what these have brought. */
  async install(tarballs) {
    const before = warnedEngines(await this.run('npm', INSTALL));
    const had = await this.packages();
    const output = await this.run('npm', [...INSTALL, ...tarballs]);
    const has = await this.packages();
    return {
      added: [...has].filter((location) => !had.has(location)),
      copiesOfNest: [...has].filter((location) => location.endsWith('node_modules/@nestjs/core')).length,
      refusedEngines: warnedEngines(output).filter((one) => !before.includes(one)),
    };
  }

  /** Where packages are installed, inside the project. */
  async packages() {
    const { packages } = JSON.parse(await readFile(this.path('package-lock.json'), 'utf8'));
    return new Set(Object.keys(packages).filter((location) => location !== ''));
  }

  /** The file that one installed package gets when it requires another. */
  resolve(from, name) {
    const owner = createRequire(this.path('package.json')).resolve(from);
    return createRequire(owner).resolve(name);
  }

  writeJson(file, value) {
    return writeFile(this.path(file), `${JSON.stringify(value, null, 2)}\n`);
  }
}

/** The packages that do not admit this version of Node. */
function warnedEngines(output) {
  return [...output.matchAll(/EBADENGINE +package: '([^']+)'/g)].map(([, name]) => name);
}
