import { expect } from '@jest/globals';

import { partitionOf } from '../../../../src/model/queue/sequence-numbers.js';
import { TestContent } from '../test-content.js';
import { type CommandOf, pick, SESSIONS } from './model-command.js';
import { type ModelRun } from './model-run.js';
import { TARGETS } from './entities.js';
import { type OracleMessage } from './oracle-queue.js';

/** Sends messages together: all of them are taken, or none. */
export function send(run: ModelRun, { target: choice, messages }: CommandOf<'send'>): void {
  const target = pick(TARGETS, choice) ?? 'plain';
  const [first] = messages;
  // Most messages that are sent together to partitions have one key: others are refused.
  const hasOneKey = first?.isRed === false && run.oracle.queue(target).isPartitioned;
  const expected = messages.map(({ session, ...wanted }) =>
    newMessage(run, { ...wanted, session: hasOneKey ? first.session : session }, target === 'unique'),
  );
  const refusal = run.oracle.refusalOfAll(target, expected);
  const numbers = run.attempt(refusal, () => run.scene.send(target, ...expected.map(toContent)));
  if (refusal === undefined) {
    expect(numbers).toHaveLength(expected.length);
    // Sent together means stored together.
    expect(new Set(numbers?.map(partitionOf)).size).toBe(1);
    for (const message of expected) run.oracle.send(target, message);
  }
  run.settle();
}

function newMessage(
  run: ModelRun,
  wanted: CommandOf<'send'>['messages'][number],
  isUnique: boolean,
): OracleMessage {
  run.messageCount += 1;
  return {
    key: `k${run.messageCount}`,
    messageId: isUnique && wanted.repeats !== null ? `r${wanted.repeats}` : `m${run.messageCount}`,
    sessionId: SESSIONS[wanted.session],
    timeToLiveMs: wanted.timeToLiveMs ?? Infinity,
    scheduledAtMs: wanted.delayMs === null ? 0 : run.nowMs + wanted.delayMs,
    isRed: wanted.isRed,
    hops: 0,
    state: 'active',
    deliveryCount: 0,
    expiresAtMs: Infinity,
    lock: undefined,
    sequenceNumber: Infinity,
  };
}

function toContent(message: OracleMessage): TestContent {
  return new TestContent({
    messageId: message.messageId,
    sessionId: message.sessionId,
    timeToLiveMs: message.timeToLiveMs === Infinity ? undefined : message.timeToLiveMs,
    scheduledEnqueueTimeMs: message.scheduledAtMs === 0 ? undefined : message.scheduledAtMs,
    size: 10 + message.key.length,
    application: { key: message.key, colour: message.isRed ? 'red' : 'blue' },
  });
}
