import { createHash } from 'node:crypto';

import { COMPILED_BY, compileTypescript } from './compile-typescript.js';

/** Compiles what Jest loads. */
export default {
  canInstrument: false,
  processAsync: async (source, fileName) => ({ code: await compileTypescript(source, fileName) }),
  getCacheKey: (source, fileName) =>
    createHash('sha1').update(COMPILED_BY).update(fileName).update(source).digest('hex'),
};
