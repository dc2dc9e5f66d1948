import { expect } from '@jest/globals';

import { type CommandOf, pick, SESSIONS } from './model-command.js';
import { type AttachedReceiver, type ModelRun } from './model-run.js';
import { type OracleQueue } from './oracle-queue.js';

const CANNOT_BE_LOCKED = 'com.microsoft:session-cannot-be-locked';

export function attach(run: ModelRun, { source, takesLocks, credit }: CommandOf<'attach'>): void {
  const queue = pick(run.plainQueues(), source);
  if (!queue) return;
  const receiver = attachTo(run, queue, takesLocks);
  if (receiver) giveCredit(run, receiver, credit, false);
  run.settle();
}

/** Attaches a receiver; returns undefined if it is refused, which then must be right. */
export function attachTo(
  run: ModelRun,
  queue: OracleQueue,
  takesLocks: boolean,
): AttachedReceiver | undefined {
  const refusal = queue.closed ?? (queue.isForwarding ? 'amqp:not-allowed' : undefined);
  const mode = takesLocks ? 'peek-lock' : 'receive-and-delete';
  const real = run.attempt(refusal, () => run.scene.receiver(queue.address, mode));
  if (!real) return undefined;
  const expected = {
    queue,
    takesLocks,
    credit: 0,
    isAttached: true,
    sessionId: undefined,
    waitsUntilMs: undefined,
  };
  queue.receivers.add(expected);
  const receiver = { real, expected };
  run.receivers.push(receiver);
  return receiver;
}

export function accept(run: ModelRun, { queue: choice, session, waitMs }: CommandOf<'accept'>): void {
  const queue = pick(run.sessionQueues(), choice);
  const receiver = queue && attachTo(run, queue, true);
  if (receiver && session === null) acceptNext(run, receiver, waitMs);
  else if (receiver) acceptById(run, receiver, SESSIONS[session ?? 0] ?? 'new');
  run.settle();
}

export function acceptNext(run: ModelRun, { real, expected }: AttachedReceiver, waitMs: number): void {
  const { queue } = expected;
  const available = queue.availableSessions();
  const oldest = queue
    .byState('active')
    .find(({ sessionId = '', lock }) => !lock && available.includes(sessionId));
  expected.waitsUntilMs = run.nowMs + waitMs;
  real.queue.sessions?.acceptNext(run.nowMs, real, run.nowMs + waitMs);
  // Numbers of different partitions do not tell which message is older.
  const wanted = queue.isPartitioned && oldest ? available : [oldest?.sessionId];
  expect(wanted).toContain(real.session?.id);
}

export function acceptById(run: ModelRun, { real, expected }: AttachedReceiver, sessionId: string): void {
  const isHeld = expected.queue.sessions.has(sessionId);
  if (isHeld) run.oracle.leave(expected);
  run.attempt(isHeld ? CANNOT_BE_LOCKED : undefined, () =>
    real.queue.sessions?.accept(run.nowMs, real, sessionId),
  );
}

export function detach(run: ModelRun, { receiver: choice, releaseLocks }: CommandOf<'detach'>): void {
  const receiver = pick(run.receivers, choice);
  if (!receiver) return;
  leave(run, receiver, releaseLocks);
  run.settle();
}

export function leave(run: ModelRun, { real, expected }: AttachedReceiver, releaseLocks: boolean): void {
  const { queue, sessionId, isAttached } = expected;
  if (isAttached) {
    run.oracle.leave(expected);
    if (sessionId !== undefined) {
      run.oracle.freeSession(queue, sessionId, false);
    } else if (releaseLocks) {
      const held = queue.locked().filter(({ lock }) => lock?.holder === expected);
      for (const message of held) run.oracle.fail(queue, message, true);
    }
  }
  run.scene.detach(real, releaseLocks);
}

export function flow(run: ModelRun, { receiver: choice, credit, drain }: CommandOf<'flow'>): void {
  const receiver = pick(run.receivers, choice);
  if (!receiver) return;
  giveCredit(run, receiver, credit, drain);
  run.settle();
}

export function giveCredit(
  run: ModelRun,
  { real, expected }: AttachedReceiver,
  credit: number,
  drain: boolean,
): void {
  if (expected.isAttached) expected.credit = credit;
  run.scene.flow(real, credit, drain);
}

export function useSession(
  run: ModelRun,
  { type, queue: choice, session }: CommandOf<'renew-session' | 'set-state'>,
): void {
  const queue = pick(run.sessionQueues(), choice);
  if (!queue) return;
  const sessionId = SESSIONS[session] ?? 'new';
  const held = queue.sessions.get(sessionId);
  const refusal = queue.closed ?? (held ? undefined : 'com.microsoft:session-lock-lost');
  const { sessions } = run.real(queue);
  run.attempt(refusal, () =>
    type === 'renew-session'
      ? sessions?.renew(run.nowMs, sessionId)
      : sessions?.setState(run.nowMs, sessionId, new Uint8Array([session])),
  );
  if (refusal === undefined && held && type === 'renew-session') {
    held.untilMs = run.nowMs + queue.settings.lockDurationMs;
  }
  run.settle();
}
