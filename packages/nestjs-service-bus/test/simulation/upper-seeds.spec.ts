import { describe, it } from '@jest/globals';

import { ONLY_SEED, runSeeds, SEEDS, TIMEOUT_MS } from './run-seeds.js';

describe('the runtime against a simulated broker, with the upper half of the seeds', () => {
  it(
    'loses nothing, sends nothing twice, keeps its limits, and leaves nothing behind',
    async () => {
      if (ONLY_SEED === undefined) await runSeeds(Math.ceil(SEEDS / 2) + 1, SEEDS);
    },
    TIMEOUT_MS,
  );
});
