import { expect } from '@jest/globals';

import { TestContent } from '../test-content.js';
import { type CommandOf, pick, SESSIONS } from './model-command.js';
import { type ModelRun } from './model-run.js';
import { TARGETS } from './entities.js';
import { type OracleMessage } from './oracle-queue.js';

/** Sends messages together: all of them are taken, or none. */
export function send(run: ModelRun, { target: choice, messages }: CommandOf<'send'>): void {
  const target = pick(TARGETS, choice) ?? 'plain';
  const expected = messages.map((wanted) => newMessage(run, wanted, target === 'unique'));
  const refusal = expected
    .map((message) => run.oracle.refusal(target, message))
    .find((condition) => condition !== undefined);
  const numbers = run.attempt(refusal, () => run.scene.send(target, ...expected.map(toContent)));
  if (refusal === undefined) {
    expect(numbers).toHaveLength(expected.length);
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
