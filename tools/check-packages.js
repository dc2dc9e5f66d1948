import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { packPackages } from './pack-packages.js';

const TOOLS = fileURLToPath(new URL('../node_modules/.bin', import.meta.url));
const BESIDE_THE_LIBRARY = ['LICENSE', 'README.md', 'CHANGELOG.md', 'package.json'];
/** The desk's page. */
const PAGE = /^dist\/page\/[\w-]+\.(?:html|js|css|svg|txt)$/;
const LIBRARY = /^dist\/[\w.-]+\.(?:js|cjs|d\.ts|d\.cts|js\.map|cjs\.map)$/;

/** Checks the packages as they would be published; returns whether all are fit to be. */
async function checkPackages() {
  const folder = await mkdtemp(path.join(tmpdir(), 'packages-'));
  try {
    const packed = await packPackages(folder);
    return packed.map((one) => checkPackage(one)).every(Boolean);
  } finally {
    await rm(folder, { recursive: true });
  }
}

function checkPackage({ manifest, source, tarball, files, packedBytes }) {
  const strays = files.filter(
    (file) => !LIBRARY.test(file) && !PAGE.test(file) && !BESIDE_THE_LIBRARY.includes(file),
  );
  const problems = strays.map((file) => `${file} is no part of the library`);
  const missing = BESIDE_THE_LIBRARY.filter((file) => !files.includes(file));
  problems.push(...missing.map((file) => `${file} is missing`));
  console.log(`${manifest.name}: ${files.length} files, ${Math.round(packedBytes / 1000)} kB packed`);
  for (const problem of problems) console.log(`  ${problem}`);
  const checked = [
    run('publint', ['run', source, '--strict']),
    run('attw', [tarball, '--no-emoji', '--format', 'ascii']),
    // As npx runs them in this repository.
    ...Object.keys(manifest.bin ?? {}).map((program) => run(program, ['--help'])),
  ];
  return problems.length === 0 && checked.every(Boolean);
}

/** Shows what a tool says only if it finds something. */
function run(tool, options) {
  const { status, stdout, stderr, error } = spawnSync(path.join(TOOLS, tool), options, { encoding: 'utf8' });
  if (status !== 0) process.stdout.write(error ? `  ${error.message}\n` : stdout + stderr);
  return status === 0;
}

process.exitCode = (await checkPackages()) ? 0 : 1;
