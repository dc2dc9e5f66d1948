// node --import ./test/support/typescript.js src/main.ts: runs the sources as they are, without a build.
import { register } from 'node:module';
import { tmpdir } from 'node:os';

register('./typescript-hooks.js', import.meta.url, {
  data: { cacheDirectory: process.env.TYPESCRIPT_CACHE ?? tmpdir() },
});
