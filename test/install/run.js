// npm run test:install
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { packPackages } from '../../tools/pack-packages.js';
import { checkStranger } from './check-stranger.js';
import { run } from './run-command.js';
import { STRANGERS } from './strangers.js';

const REGISTRY_TIMEOUT_MS = 30_000;
const counts = { passed: 0, failed: 0, skipped: 0 };

/** Counts and tells one thing that was tried; returns whether it went well. */
async function check(title, action) {
  const startMs = performance.now();
  try {
    const note = await action();
    counts.passed++;
    const seconds = ((performance.now() - startMs) / 1000).toFixed(1);
    console.log(`  ✓ ${title}${note === undefined ? '' : `: ${note}`} (${seconds} s)`);
    return true;
  } catch (error) {
    counts.failed++;
    console.log(`  ✗ ${title}\n${String(error.message).replaceAll(/^/gm, '      ')}`);
    return false;
  }
}

async function hasRegistry(cwd) {
  try {
    await run('npm', ['view', '@nestjs/core', 'version'], { cwd, timeoutMs: REGISTRY_TIMEOUT_MS });
    return true;
  } catch (error) {
    console.log(`No registry is reachable, so nothing was installed:\n${error.message}`);
    return false;
  }
}

async function main(names) {
  const wanted = STRANGERS.filter(
    ({ name }) => names.length === 0 || names.some((one) => name.toLowerCase().includes(one.toLowerCase())),
  );
  const folder = await realpath(await mkdtemp(path.join(tmpdir(), 'strangers-')));
  try {
    if (!(await hasRegistry(folder))) {
      counts.skipped += wanted.length;
      return;
    }
    const packed = await packPackages(folder);
    for (const { manifest, files, packedBytes, unpackedBytes } of packed) {
      const sizes = [packedBytes, unpackedBytes].map((bytes) => `${Math.round(bytes / 1000)} kB`);
      console.log(`${manifest.name}: ${files.length} files, ${sizes.join(' packed, ')} unpacked`);
    }
    for (const stranger of wanted) {
      console.log(stranger.name);
      await checkStranger(stranger, await mkdtemp(path.join(folder, 'stranger-')), packed, check);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

await main(process.argv.slice(2));
const { passed, failed, skipped } = counts;
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exitCode = failed > 0 ? 1 : 0;
