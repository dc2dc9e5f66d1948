import { type CommandOf, pick } from './model-command.js';
import { type ModelRun } from './model-run.js';
import { type OracleMessage, type OracleQueue } from './oracle-queue.js';

interface Held {
  readonly queue: OracleQueue;
  readonly message: OracleMessage;
  readonly lockId: number;
}

/** All locks that are held now. */
function locksOf(run: ModelRun): Held[] {
  return [...run.oracle.queues.values()].flatMap((queue) =>
    queue.locked().map((message) => ({ queue, message, lockId: message.lock?.lockId ?? 0 })),
  );
}

export function settle(run: ModelRun, { lock: choice, outcome }: CommandOf<'settle'>): void {
  const held = pick(locksOf(run), choice);
  if (!held) return;
  const { queue, message, lockId } = held;
  const isDeadAlready = outcome === 'dead-letter' && queue.kind === 'dead-letter';
  const refusal = queue.closed ?? (isDeadAlready ? 'amqp:not-allowed' : undefined);
  run.attempt(refusal, () => run.real(queue).settle(run.nowMs, lockId, { type: outcome }));
  if (refusal === undefined) {
    if (outcome === 'complete') queue.messages.delete(message.key);
    else if (outcome === 'dead-letter') run.oracle.deadLetter(queue, message);
    else if (outcome === 'abandon') run.oracle.fail(queue, message, true);
    else {
      if (queue.kind !== 'dead-letter') message.deliveryCount += 1;
      Object.assign(message, { state: 'deferred', lock: undefined });
    }
  }
  run.settle();
}

/** A lock that has ended opens nothing. */
export function settleEnded(run: ModelRun, { lock: choice }: CommandOf<'settle-ended'>): void {
  const held = new Set(locksOf(run).map(({ lockId }) => lockId));
  const ended = pick(
    run.locks.filter(({ lockId }) => !held.has(lockId)),
    choice,
  );
  if (!ended) return;
  const { queue, lockId } = ended;
  run.attempt(queue.closed ?? 'com.microsoft:message-lock-lost', () =>
    run.real(queue).settle(run.nowMs, lockId, { type: 'complete' }),
  );
  run.settle();
}

export function renew(run: ModelRun, { lock: choice }: CommandOf<'renew'>): void {
  const held = pick(locksOf(run), choice);
  if (!held) return;
  const { queue, message, lockId } = held;
  const refusal = queue.closed ?? (queue.hasSessions ? 'amqp:not-allowed' : undefined);
  run.attempt(refusal, () => run.real(queue).renewLock(run.nowMs, lockId));
  if (refusal === undefined && message.lock) message.lock.untilMs = run.nowMs + queue.settings.lockDurationMs;
  run.settle();
}
