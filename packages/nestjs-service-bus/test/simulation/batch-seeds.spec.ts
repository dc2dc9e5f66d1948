import { describe, expect, it } from '@jest/globals';

import { ONLY_SEED, replay, runSeeds, SEEDS, TIMEOUT_MS } from './run-seeds.js';

/** One seed in five is enough: except for one step, batches take the path of single messages. */
const BATCH_SEEDS = Math.ceil(SEEDS / 5);

describe('the runtime against a simulated broker, with handlers that take batches', () => {
  it(
    'loses nothing, sends nothing twice, keeps its limits, and leaves nothing behind',
    async () => {
      if (ONLY_SEED === undefined) await runSeeds(1, BATCH_SEEDS, true);
      else expect((await replay(ONLY_SEED, true)).violations).toEqual([]);
    },
    TIMEOUT_MS,
  );
});
