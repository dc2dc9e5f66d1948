import { isDeepStrictEqual } from 'node:util';

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { expectAllDelivered } from '../../../test/support/model/property/expect-all-delivered.js';
import { modelCommand } from '../../../test/support/model/property/model-command.js';
import { ModelRun } from '../../../test/support/model/property/model-run.js';
import { ModelScene } from '../../../test/support/model/model-scene.js';
import { runCommand } from '../../../test/support/model/property/run-command.js';
import { snapshotOf } from '../../../test/support/model/snapshot-of.js';

// MODEL_RUNS=100000 searches longer; MODEL_SEED and MODEL_PATH, which a failure prints, run it again.
const { MODEL_RUNS = '1000', MODEL_SEED, MODEL_PATH } = process.env;
const parameters = {
  numRuns: Number(MODEL_RUNS),
  ...(MODEL_SEED !== undefined && { seed: Number(MODEL_SEED) }),
  ...(MODEL_PATH !== undefined && { path: MODEL_PATH, endOnFailure: true }),
};
// A machine that is busy may take its time.
const TIMEOUT_MS = 60_000 + Number(MODEL_RUNS) * 100;

describe('a namespace under any commands', () => {
  it(
    'loses, doubles and reorders nothing, keeps its books, and survives a restart',
    () => {
      fc.assert(
        fc.property(fc.array(modelCommand, { maxLength: 60, size: 'max' }), (commands) => {
          const run = new ModelRun();
          for (const command of commands) runCommand(run, command);

          const restarted = new ModelScene();
          restarted.namespace.restore(run.nowMs, run.journal.records());
          const [kept, lived] = [snapshotOf(restarted.namespace), snapshotOf(run.scene.namespace)];
          // Jest's own comparison is slow, and tells more.
          if (!isDeepStrictEqual(kept, lived)) expect(kept).toEqual(lived);
          expectAllDelivered(run);
        }),
        parameters,
      );
    },
    TIMEOUT_MS,
  );
});
