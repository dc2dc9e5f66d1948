import { describe, expect, it } from '@jest/globals';

import { ONLY_SEED, replay, runSeeds, SEEDS, TIMEOUT_MS } from './run-seeds.js';

describe('the runtime against a simulated broker, with the lower half of the seeds', () => {
  it(
    'loses nothing, sends nothing twice, keeps its limits, and leaves nothing behind',
    async () => {
      if (ONLY_SEED === undefined) await runSeeds(1, Math.ceil(SEEDS / 2));
      else expect((await replay(ONLY_SEED)).violations).toEqual([]);
    },
    TIMEOUT_MS,
  );
});
