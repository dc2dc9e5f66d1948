import { expect } from '@jest/globals';

import {
  cancelScheduled,
  deleteMessages,
  peek,
  receiveDeferred,
} from '../../../../src/model/queue/queue-operations.js';
import { type CommandOf, pick } from './model-command.js';
import { keyOf } from './key-of.js';
import { type ModelRun } from './model-run.js';
import { type OracleMessage, type OracleQueue } from './oracle-queue.js';

const NOT_FOUND = 'com.microsoft:message-not-found';

export function cancel(run: ModelRun, { choices }: CommandOf<'cancel'>): void {
  for (const queue of run.oracle.queues.values()) {
    const chosen = pickAll(queue.byState('scheduled'), choices);
    const numbers = chosen.map(({ sequenceNumber }) => sequenceNumber);
    run.attempt(NOT_FOUND, () => cancelScheduled(run.real(queue), [...numbers, 1_000_000]));
    run.attempt(undefined, () => cancelScheduled(run.real(queue), numbers));
    for (const { key } of chosen) queue.messages.delete(key);
  }
  run.settle();
}

export function receive(
  run: ModelRun,
  { queue: choice, choices, takesLocks }: CommandOf<'receive-deferred'>,
): void {
  const queue = pick(
    [...run.oracle.queues.values()].filter((one) => one.byState('deferred').length > 0),
    choice,
  );
  if (queue) receiveFrom(run, queue, pickAll(queue.byState('deferred'), choices), takesLocks);
  run.settle();
}

/** Receives deferred messages, through the session of the first of them if there are sessions. */
export function receiveFrom(
  run: ModelRun,
  queue: OracleQueue,
  chosen: OracleMessage[],
  takesLocks: boolean,
): void {
  const sessionId = queue.hasSessions ? chosen[0]?.sessionId : undefined;
  const isHeld = !queue.hasSessions || queue.sessions.has(sessionId ?? '');
  const isTaken = chosen.some(({ lock, sessionId: own }) => lock || (queue.hasSessions && own !== sessionId));
  const expired = chosen.filter(({ expiresAtMs }) => expiresAtMs <= run.nowMs);
  const refusal =
    queue.closed ??
    (isHeld ? undefined : 'com.microsoft:session-lock-lost') ??
    (isTaken || expired.length > 0 ? NOT_FOUND : undefined);

  const numbers = chosen.map(({ sequenceNumber }) => sequenceNumber);
  const mode = takesLocks ? 'peek-lock' : 'receive-and-delete';
  const found = run.attempt(refusal, () =>
    receiveDeferred(run.real(queue), run.nowMs, numbers, mode, sessionId),
  );
  if (refusal === NOT_FOUND && !isTaken) for (const message of expired) run.oracle.expire(queue, message);
  if (!found) return;
  expect(found.map(keyOf)).toEqual(chosen.map(({ key }) => key));
  found.forEach(({ lockId }, index) => {
    const message = chosen[index] as OracleMessage;
    if (takesLocks) run.locked(queue, message, lockId);
    else queue.messages.delete(message.key);
  });
}

export function deleteSome(run: ModelRun, { queue: choice, maxCount }: CommandOf<'delete-messages'>): void {
  const queue = pick([...run.oracle.queues.values()], choice);
  if (!queue) return;
  const doomed = queue
    .byState('active')
    .filter(({ lock }) => !lock)
    .slice(0, maxCount);
  const count = run.attempt(queue.closed, () => deleteMessages(run.real(queue), maxCount, run.nowMs));
  if (count !== undefined) {
    expect(count).toBe(doomed.length);
    for (const { key } of doomed) queue.messages.delete(key);
  }
  run.settle();
}

export function look(run: ModelRun, { queue: choice, from, maxCount }: CommandOf<'peek'>): void {
  const queue = pick(run.plainQueues(), choice);
  if (!queue) return;
  const expected = [...queue.messages.values()]
    .filter(({ sequenceNumber }) => sequenceNumber >= from)
    .sort((a, b) => a.sequenceNumber - b.sequenceNumber)
    .slice(0, maxCount);
  const found = run.attempt(queue.closed, () => peek(run.real(queue), from, maxCount));
  if (found) expect(found.map(keyOf)).toEqual(expected.map(({ key }) => key));
  run.settle();
}

function pickAll(from: OracleMessage[], choices: readonly number[]): OracleMessage[] {
  return [...new Set(choices.flatMap((choice) => pick(from, choice) ?? []))];
}
