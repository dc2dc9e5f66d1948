import { deadLetterPath, readEntityAddress } from '../connection/entity-address.js';
import { type Namespace } from '../connection/namespace.js';
import { peekMessages } from '../dead-letters/peek-messages.js';
import { DeskError } from '../desk-error.js';
import { type DeskMessage } from '../message/desk-message.js';
import { codeOf, pause } from '../sdk/retrying.js';
import { CopyProperty } from './copy-message.js';

/** Which copies, and how long they may take. */
export interface WatchOptions {
  readonly run: string;
  /** They come after this sequence number, unless the entity is partitioned. */
  readonly after: bigint;
  readonly waitMs: number;
  readonly signal: AbortSignal;
}

const LOOK_EVERY_MS = 500;
/** [Service Bus] The partition is in the upper 16 bits of a sequence number. */
const PARTITION_SHIFT = 48n;

/**
 * Resolves when somebody has taken the copies of a run from a queue and none of them was dead-lettered again. Of a topic,
 * or of a queue that may not be looked at, nothing more is known than that it accepted them: then at once.
 *
 * @throws DeskError (`canary-failed`) if one was dead-lettered again, or they were not taken in time
 */
export async function watchCopies(
  namespace: Namespace,
  target: string,
  options: WatchOptions,
): Promise<void> {
  const { waitMs, signal } = options;
  const deadLetters = deadLetterPath(readEntityAddress(target));
  const giveUpAtMs = performance.now() + waitMs;
  for (;;) {
    let waiting: number;
    try {
      // First those that wait: one may be dead-lettered after it was not seen, and before it is seen there.
      waiting = (await copiesIn(namespace, target, options)).length;
      const [failed, ...others] = await copiesIn(namespace, deadLetters, options);
      if (failed) throw failedAgain(failed, others.length + 1);
    } catch (error) {
      if (isOutOfSight(error)) return;
      throw error;
    }
    if (waiting === 0) return;
    if (performance.now() >= giveUpAtMs) {
      throw new DeskError(
        `${waiting} of the first messages still wait in ${target} after ${Math.round(waitMs / 1_000)} s, and the others were left alone: is anybody receiving them?`,
        'canary-failed',
      );
    }
    await pause(LOOK_EVERY_MS, signal);
  }
}

async function copiesIn(
  namespace: Namespace,
  path: string,
  { run, after, signal }: WatchOptions,
): Promise<DeskMessage[]> {
  const from = after >> PARTITION_SHIFT === 0n ? after : 0n;
  const copies: DeskMessage[] = [];
  for await (const page of peekMessages(namespace, path, { from, signal })) {
    copies.push(...page.filter((message) => message.applicationProperty(CopyProperty.run) === run));
  }
  return copies;
}

function failedAgain({ deadLetterReason, deadLetterDescription }: DeskMessage, count: number): DeskError {
  const [why = ''] = (deadLetterDescription ?? '').split('\n', 1);
  return new DeskError(
    `${count} of the first messages failed again, and the others were left alone: ${deadLetterReason}: ${why}`,
    'canary-failed',
  );
}

/** There is no right to look, or it is a topic. */
function isOutOfSight(error: unknown): boolean {
  const code = codeOf(error);
  return code === 'UnauthorizedAccess' || code === 'MessagingEntityNotFound' || code === 'GeneralError';
}
