// node --import ./test/support/typescript.js src/main.ts: runs the sources as they are, without a build.
import { mkdirSync } from 'node:fs';
import { register } from 'node:module';

import { bundleDependencies } from './bundle-dependencies.js';
import { bundlePackages } from './bundle-packages.js';
import { CACHE } from './compile-typescript.js';

mkdirSync(CACHE, { recursive: true });

const data = { packages: await bundlePackages(), dependencies: await bundleDependencies() };
register('./typescript-hooks.js', import.meta.url, { data });
