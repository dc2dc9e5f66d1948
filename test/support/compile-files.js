// node compile-files.js src/main.ts …: compiles files into the cache, for processes that would load the compiler each.
import { mkdirSync } from 'node:fs';
import path from 'node:path';

import { CACHE, readCompiled } from './compile-typescript.js';

mkdirSync(CACHE, { recursive: true });
for (const file of process.argv.slice(2)) await readCompiled(path.resolve(file));
