// node --import ./test/support/typescript.js src/main.ts: runs the sources as they are, without a build.
import { mkdirSync } from 'node:fs';
import { register } from 'node:module';
import { fileURLToPath } from 'node:url';

// One for all tests and runs: a file is compiled again only when it has changed.
const cacheDirectory = fileURLToPath(new URL('../../node_modules/.cache/compiled-sources', import.meta.url));
mkdirSync(cacheDirectory, { recursive: true });

register('./typescript-hooks.js', import.meta.url, { data: { cacheDirectory } });
