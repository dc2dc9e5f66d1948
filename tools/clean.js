import { readdirSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import path from 'node:path';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

// What the build writes: of the service, of each package, and of the benchmark.
const packages = readdirSync(path.join(ROOT, 'packages'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => path.join('packages', name));
const built = packages.flatMap((folder) => ['build', 'dist'].map((name) => path.join(folder, name)));
for (const folder of ['dist', 'bench/.compiled', ...built]) {
  rmSync(path.join(ROOT, folder), { recursive: true, force: true });
}
