import { isDeepStrictEqual } from 'node:util';

import { expect } from '@jest/globals';

import { ModelScene } from '../model-scene.js';
import { snapshotOf } from '../snapshot-of.js';
import { type ModelRun } from './model-run.js';

/** A namespace that is restored from the journal is as the one that wrote it. */
export function expectRestartKeepsAll(run: ModelRun): void {
  // Locks are void after a restart: what was locked where messages are forwarded now goes on its way.
  const goesOn = [...run.oracle.queues.values()].some(
    (queue) => queue.isForwarding && queue.locked().length > 0,
  );
  if (goesOn) return;
  const restarted = new ModelScene();
  restarted.namespace.restore(run.nowMs, run.journal.records());
  const [kept, lived] = [snapshotOf(restarted.namespace), snapshotOf(run.scene.namespace)];
  // Jest's own comparison is slow, and tells more.
  if (!isDeepStrictEqual(kept, lived)) expect(kept).toEqual(lived);
}
