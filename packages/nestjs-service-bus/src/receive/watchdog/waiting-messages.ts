import { type ServiceBusReceivedMessage, type ServiceBusReceiver } from '@azure/service-bus';
import Long from 'long';

import { isTransient } from '../../sdk/index.js';
import { within } from '../../time/within.js';

type Peeking = Pick<ServiceBusReceiver, 'peekMessages'>;

const ANSWER_MS = 5_000;
/** Whole messages come: few of them tell enough. */
const AT_ONCE = 32;
const MAX_LOOKS = 20;

/** The broker did not answer a look at its messages. */
class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError';
}

/**
 * Looks for messages that wait in an entity: sequence numbers of active ones that neither we hold nor, as far as the
 * broker tells, anybody else. Rejects when there is no answer. A refusal is an answer: nothing that we could have.
 */
export async function findWaitingMessages(
  receiver: Peeking,
  held: ReadonlySet<string>,
  wallTimeMs: number,
): Promise<ReadonlySet<string>> {
  let from = Long.ONE;
  for (let looks = 0; looks < MAX_LOOKS; looks++) {
    const messages = await look(receiver, from);
    const waiting = messages.filter((message) => waits(message, wallTimeMs)).map(nameOf);
    const others = waiting.filter((name) => !held.has(name));
    const last = messages.at(-1)?.sequenceNumber;
    if (others.length > 0 || !last || messages.length < AT_ONCE) return new Set(others);
    // Only our own are seen so far.
    from = last.add(1);
  }
  return new Set();
}

/** How a message is named among those that wait. */
export function nameOf({ sequenceNumber }: ServiceBusReceivedMessage): string {
  return String(sequenceNumber);
}

async function look(receiver: Peeking, from: Long): Promise<ServiceBusReceivedMessage[]> {
  // The SDK cannot be told to give up: a signal makes it throw where nobody can catch it.
  const peeking = receiver.peekMessages(AT_ONCE, { fromSequenceNumber: from });
  const end = await within(ANSWER_MS, peeking);
  if (end === 'late') throw new NoAnswerError(`no answer for ${ANSWER_MS} ms`);
  return peeking.catch((error: unknown) => {
    if (isTransient(error)) throw error;
    return [];
  });
}

/** [Service Bus: peek shows deferred and scheduled messages too, and locked ones] */
function waits({ state, lockedUntilUtc }: ServiceBusReceivedMessage, wallTimeMs: number): boolean {
  if (state !== 'active') return false;
  return !lockedUntilUtc || lockedUntilUtc.getTime() <= wallTimeMs;
}
