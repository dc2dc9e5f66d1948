import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const PACKAGES = fileURLToPath(new URL('../packages', import.meta.url));

/** Packs each package that is published, as it was built, into a folder; returns what its tarball holds. */
export async function packPackages(folder) {
  const packed = [];
  for (const entry of await readdir(PACKAGES, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    const source = path.join(PACKAGES, entry.name);
    const manifest = JSON.parse(await readFile(path.join(source, 'package.json'), 'utf8'));
    if (manifest.private) continue;
    const options = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
    const { stdout } = await promisify(execFile)('npm', options, { cwd: source });
    const [{ filename, size, unpackedSize, files }] = JSON.parse(stdout);
    packed.push({
      manifest,
      source,
      tarball: path.join(folder, filename),
      packedBytes: size,
      unpackedBytes: unpackedSize,
      files: files.map((file) => file.path),
    });
  }
  return packed;
}
