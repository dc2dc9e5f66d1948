import { describe, it } from '@jest/globals';
import fc from 'fast-check';

import { expectAllDelivered } from '../../../test/support/model/property/expect-all-delivered.js';
import { expectRestartKeepsAll } from '../../../test/support/model/property/expect-restart-keeps-all.js';
import { modelCommand } from '../../../test/support/model/property/model-command.js';
import { ModelRun } from '../../../test/support/model/property/model-run.js';
import { runCommand } from '../../../test/support/model/property/run-command.js';

// MODEL_RUNS=100000 searches longer; MODEL_SEED and MODEL_PATH, which a failure prints, run it again.
const { MODEL_RUNS = '400', MODEL_SEED, MODEL_PATH } = process.env;
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

          expectRestartKeepsAll(run);
          expectAllDelivered(run);
        }),
        parameters,
      );
    },
    TIMEOUT_MS,
  );
});
