import { expect } from '@jest/globals';

import { type ModelRun } from './model-run.js';
import { ENTITIES } from './entities.js';
import { type OracleQueue } from './oracle-queue.js';
import { receiveFrom } from './run-management-command.js';
import { acceptById, attachTo, giveCredit, leave } from './run-receiver-command.js';
import { updateEntity } from './update-entity.js';

const OPEN = {
  status: 'Active',
  maxDeliveryCount: 100,
  forwardTo: undefined,
  forwardDeadLettersTo: undefined,
} as const;

/** Opens everything, lets all locks end, and receives all that the oracle knows of until nothing is left. */
export function expectAllDelivered(run: ModelRun): void {
  for (const receiver of run.receivers) {
    leave(run, receiver, false);
    run.settle();
  }
  Object.keys(ENTITIES).forEach((_, index) => {
    updateEntity(run, { type: 'update', queue: index, change: { ...OPEN } });
  });
  run.advance(run.nowMs + 200, false);

  for (const queue of run.sessionQueues()) emptySessions(run, queue);
  for (const queue of run.plainQueues()) {
    const receiver = attachTo(run, queue, false);
    if (receiver) giveCredit(run, receiver, 1_000, false);
    run.settle();
    for (const message of queue.byState('deferred')) receiveFrom(run, queue, [message], false);
    run.settle();
  }
  expect([...run.oracle.queues.values()].flatMap(({ messages }) => [...messages.values()])).toEqual([]);
  expect(run.scene.namespace.storedBytes).toBe(0);
}

function emptySessions(run: ModelRun, queue: OracleQueue): void {
  const ids = new Set(Array.from(queue.messages.values(), ({ sessionId = '' }) => sessionId));
  for (const sessionId of ids) {
    const receiver = attachTo(run, queue, false);
    if (!receiver) return;
    acceptById(run, receiver, sessionId);
    run.settle();
    giveCredit(run, receiver, 1_000, false);
    run.settle();
    for (const message of queue.byState('deferred')) {
      if (message.sessionId === sessionId) receiveFrom(run, queue, [message], false);
    }
    run.settle();
    leave(run, receiver, false);
    run.settle();
  }
}
