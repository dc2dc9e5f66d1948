import { compileTypescript, keyOf } from './compile-typescript.js';

/** Compiles what Jest loads. */
export default {
  canInstrument: false,
  processAsync: async (source, fileName) => ({ code: await compileTypescript(source, fileName) }),
  getCacheKey: keyOf,
};
