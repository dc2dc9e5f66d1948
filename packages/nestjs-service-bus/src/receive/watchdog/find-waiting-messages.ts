import { type ServiceBusReceivedMessage, type ServiceBusReceiver } from '@azure/service-bus';
import Long from 'long';

import { isTransient, throttlePauseMs } from '../../sdk/index.js';
import { within } from '../../time/within.js';

type Peeking = Pick<ServiceBusReceiver, 'peekMessages'>;

const ANSWER_TIMEOUT_MS = 5_000;
/** Small, because peeking transfers whole messages. */
const PEEK_COUNT = 32;
const MAX_PEEKS = 20;

/** The broker did not answer a peek in time. */
class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError';
}

/**
 * Returns the sequence numbers of active messages in an entity that neither we hold nor, as far as the broker tells,
 * anybody else. Rejects if the broker does not answer. A refusal counts as an answer: no message for us.
 */
export async function findWaitingMessages(
  receiver: Peeking,
  held: ReadonlySet<string>,
  brokerTimeMs: number,
): Promise<ReadonlySet<string>> {
  let from = Long.ONE;
  for (let peeks = 0; peeks < MAX_PEEKS; peeks++) {
    const messages = await peek(receiver, from);
    const waiting = messages.filter((message) => isWaiting(message, brokerTimeMs)).map(sequenceNumberOf);
    const others = waiting.filter((name) => !held.has(name));
    const last = messages.at(-1)?.sequenceNumber;
    if (others.length > 0 || !last || messages.length < PEEK_COUNT) return new Set(others);
    // All of them are ours so far: peek on.
    from = last.add(1);
  }
  return new Set();
}

/** Whether any message waits in a held session. Without an answer it counts as so: its connection does not work either. */
export async function mayHaveWaitingMessages(receiver: Peeking): Promise<boolean> {
  try {
    return (await findWaitingMessages(receiver, new Set(), Infinity)).size > 0;
  } catch {
    return true;
  }
}

/** Identifies a message within its entity. */
export function sequenceNumberOf({ sequenceNumber }: ServiceBusReceivedMessage): string {
  return String(sequenceNumber);
}

async function peek(receiver: Peeking, from: Long): Promise<ServiceBusReceivedMessage[]> {
  // No abort signal: with one, the SDK throws where nobody can catch it.
  const peeking = receiver.peekMessages(PEEK_COUNT, { fromSequenceNumber: from });
  const end = await within(ANSWER_TIMEOUT_MS, peeking);
  if (end === 'late') throw new NoAnswerError(`no answer for ${ANSWER_TIMEOUT_MS} ms`);
  return peeking.catch((error: unknown) => {
    // A broker that throttles us has answered.
    if (isTransient(error) && throttlePauseMs(error) === 0) throw error;
    return [];
  });
}

/** [Service Bus: peek shows deferred and scheduled messages too, and locked ones] */
function isWaiting(message: ServiceBusReceivedMessage, brokerTimeMs: number): boolean {
  const { state, lockedUntilUtc, scheduledEnqueueTimeUtc } = message;
  // [Service Bus: a message that was scheduled is shown as scheduled also after its time]
  const hasCome = state === 'scheduled' && (scheduledEnqueueTimeUtc?.getTime() ?? Infinity) <= brokerTimeMs;
  if (state !== 'active' && !hasCome) return false;
  return !lockedUntilUtc || lockedUntilUtc.getTime() <= brokerTimeMs;
}
