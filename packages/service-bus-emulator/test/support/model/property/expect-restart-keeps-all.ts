import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';

import { expect } from '@jest/globals';

import { restoreNamespace } from '../../../../src/model/namespace/restore-namespace.js';
import { type Message } from '../../../../src/model/queue/message.js';
import { type Receiver } from '../../../../src/model/queue/receiver.js';
import { partitionOf } from '../../../../src/model/queue/sequence-numbers.js';
import { ModelScene } from '../model-scene.js';
import { snapshotOf } from '../snapshot-of.js';
import { TOPIC } from './entities.js';
import { keyOf } from './key-of.js';
import { SESSIONS } from './model-command.js';
import { type ModelRun } from './model-run.js';
import { type OracleQueue } from './oracle-queue.js';

/** Checks that a namespace restored from the journal equals the one that wrote it, and delivers all its messages. */
export function expectRestartKeepsAll(run: ModelRun): void {
  const queues = [...run.oracle.queues.values()];
  // Locks are void after a restart: a locked message that has to expire or be forwarded is then gone from its queue.
  const goesOn = queues.some((queue) =>
    queue.locked().some(({ expiresAtMs }) => queue.isForwarding || expiresAtMs <= run.nowMs),
  );
  if (goesOn) return;
  const restarted = new ModelScene();
  restarted.nowMs = run.nowMs;
  restoreNamespace(restarted.namespace, run.nowMs, run.journal.records());
  const [kept, lived] = [snapshotOf(restarted.namespace), snapshotOf(run.scene.namespace)];
  // Jest's own comparison is slow, and tells more.
  if (!isDeepStrictEqual(kept, lived)) expect(kept).toEqual(lived);
  for (const queue of queues) {
    if (queue.address === TOPIC || queue.closed !== undefined || queue.isForwarding) continue;
    assert.equal(delivered(restarted, queue), active(queue), `What is delivered from ${queue.address}.`);
  }
}

/** All that a queue delivers, session after session, as the sessions are given out. */
function delivered(scene: ModelScene, queue: OracleQueue): string {
  if (scene.source(queue.address).store.counts.active === 0) return '';
  const messages: Message[] = [];
  const takeAll = (receiver: Receiver): unknown => messages.push(...scene.take(receiver, 1_000));
  if (!queue.hasSessions) {
    takeAll(scene.receiver(queue.address));
  } else {
    for (;;) {
      const receiver = scene.session(queue.address, undefined);
      if (!receiver.session) break;
      takeAll(receiver);
    }
  }
  // In which order partitions, or sessions in them, have their turns is the model's choice.
  if (queue.isPartitioned) messages.sort((a, b) => rowOf(queue, a) - rowOf(queue, b));
  return messages.map(keyOf).join(' ');
}

/** Which messages of a partitioned queue are in order: those of a session, or else of a partition. */
function rowOf({ hasSessions }: OracleQueue, { content, sequenceNumber }: Message): number {
  return hasSessions ? SESSIONS.indexOf(content.sessionId) : partitionOf(sequenceNumber);
}

function active(queue: OracleQueue): string {
  const messages = queue.byState('active');
  const sessions = queue.isPartitioned ? SESSIONS : [...new Set(messages.map(({ sessionId }) => sessionId))];
  const order = queue.hasSessions
    ? sessions.flatMap((id) => messages.filter(({ sessionId }) => sessionId === id))
    : messages;
  return order.map(({ key }) => key).join(' ');
}
