import assert from 'node:assert/strict';

import { type Message } from '../../../../src/model/queue/message.js';
import { messageCost, messageIdCost, sessionCost } from '../../../../src/model/queue/memory.js';
import { type Queue } from '../../../../src/model/queue/queue.js';
import { keyOf } from './key-of.js';
import { type ModelRun } from './model-run.js';
import { type OracleQueue } from './oracle-queue.js';

/** Checks what must always hold: model and oracle have the same messages, and the model's counts are right. */
export function checkInvariants(run: ModelRun): void {
  const { namespace } = run.scene;
  let storedBytes = 0;
  for (const expected of run.oracle.queues.values()) {
    const queue = run.real(expected);
    assert.equal(queue.receivers.size, expected.receivers.size, `The receivers of ${queue.address}.`);
    const messages = queue.store.size === 0 ? [] : [...queue.store.from(0)];
    if (messages.length > 0 || expected.messages.size > 0) {
      assert.equal(seen(messages), foreseen(expected), `The messages in ${queue.address}.`);
    }
    storedBytes += checkBooks(queue, messages, run.nowMs);
  }
  assert.equal(namespace.storedBytes, storedBytes);
  assert.equal(namespace.context.memory.bytes, memoryOf(run));
  assert.ok(namespace.nextDeadlineMs > run.nowMs, 'A deadline in the past.');
  for (const entity of namespace.queues()) {
    assert.equal(entity.sizeBytes, sum(entity.receivable.queues.map(({ store }) => store.sizeBytes)));
  }
  for (const topic of namespace.topics()) {
    const parts = Array.from(topic.subscriptions.values(), ({ sizeBytes }) => sizeBytes);
    assert.equal(topic.sizeBytes, sum([topic.scheduled.store.sizeBytes, ...parts]));
  }
}

/** The counts, the size and the locks of a queue, counted anew; returns the size. */
function checkBooks({ store, locks, timers }: Queue, messages: Message[], nowMs: number): number {
  const counts = { active: 0, deferred: 0, scheduled: 0 };
  let sizeBytes = 0;
  let lockCount = 0;
  for (const message of messages) {
    counts[message.state] += 1;
    sizeBytes += message.content.size;
    if (message.lockId === 0) continue;
    lockCount += 1;
    assert.equal(locks.get(message.lockId), message);
    assert.ok(message.lockedUntilMs > nowMs, 'A lock that should have ended.');
    assert.ok(!message.ready, 'A locked message that waits for delivery.');
    if (message.session) assert.ok(message.session.locked.has(message));
    else assert.equal(timers.dueAtMs(message), message.lockedUntilMs);
  }
  for (const state of ['active', 'deferred', 'scheduled'] as const) {
    assert.equal(store.counts[state], counts[state], `The count of ${state} messages.`);
  }
  assert.equal(store.sizeBytes, sizeBytes);
  assert.equal(locks.size, lockCount);
  return sizeBytes;
}

function memoryOf(run: ModelRun): number {
  let bytes = 0;
  for (const expected of run.oracle.queues.values()) {
    const { store, sessions } = run.real(expected);
    bytes += store.sizeBytes + store.size * messageCost(0);
    if (!sessions) continue;
    const known = new Set(Array.from(expected.messages.values(), ({ sessionId = '' }) => sessionId));
    for (const { id } of sessions.sessions.all()) known.add(id);
    for (const id of expected.sessions.keys()) known.add(id);
    for (const id of known) {
      const session = sessions.sessions.get(id);
      if (session) bytes += sessionCost(session);
    }
  }
  const unique = run.scene.namespace.target('unique').gate.duplicates;
  return bytes + sum(Array.from(unique?.messageIds() ?? [], messageIdCost));
}

function seen(messages: Message[]): string {
  return messages
    .map((message) => {
      const { sequenceNumber, state, deliveryCount, lockId, content, expiresAtMs } = message;
      const timeMs = state === 'scheduled' ? content.scheduledEnqueueTimeMs : expiresAtMs;
      return `${keyOf(message)} #${sequenceNumber} ${state} ${deliveryCount} ${lockId} ${timeMs}`;
    })
    .join('\n');
}

function foreseen({ messages }: OracleQueue): string {
  return [...messages.values()]
    .sort((a, b) => a.sequenceNumber - b.sequenceNumber)
    .map(({ key, sequenceNumber, state, deliveryCount, lock, expiresAtMs, scheduledAtMs }) => {
      const timeMs = state === 'scheduled' ? scheduledAtMs : expiresAtMs;
      return `${key} #${sequenceNumber} ${state} ${deliveryCount} ${lock?.lockId ?? 0} ${timeMs}`;
    })
    .join('\n');
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
