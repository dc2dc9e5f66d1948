import { type EntityAddress } from '../connection/entity-address.js';
import { type Namespace } from '../connection/namespace.js';
import { DeskError } from '../desk-error.js';
import { type DeskMessage } from '../message/desk-message.js';
import { type OutgoingMessage, RawSender } from '../sdk/raw-sender.js';
import { type Change, type ChangeWork, type Performed } from './change-dead-letters.js';
import { copyMessage } from './copy-message.js';
import { checkEdit, type MessageEdit } from './edit.js';
import { type FoundMessage } from './sweep.js';
import { watchCopies } from './watch-copies.js';

/** Where dead letters are sent, and as what. */
export interface ResubmitOptions {
  /** A queue or a topic. Default: the queue that they were dead-lettered from. */
  readonly to?: string | undefined;
  /**
   * Sends dead letters of a subscription to its topic, although every other subscription then gets a copy as well.
   * Default false: that is refused.
   */
  readonly toAllSubscriptions?: boolean | undefined;
  /** Changes to each message. Default: none. */
  readonly edit?: MessageEdit | undefined;
  /** As in RunOptions. */
  readonly canaryWaitMs?: number | undefined;
}

const CANARY_WAIT_MS = 30_000;

/** Sends dead letters once more: a copy first, and when the broker has it the original is removed. */
export class Resubmit implements Change {
  readonly action = 'resubmit';
  readonly target: string;
  private readonly sender: RawSender;

  /** @throws DeskError if the target is none that they may be sent to, or the edit changes what must stay as it is */
  constructor(
    private readonly namespace: Namespace,
    private readonly source: EntityAddress,
    private readonly options: ResubmitOptions,
  ) {
    checkEdit(options.edit ?? {});
    this.target = readTarget(source, options);
    this.sender = new RawSender(namespace.client, this.target);
  }

  async perform(
    found: readonly FoundMessage[],
    { state: { journal }, signal }: ChangeWork,
  ): Promise<Performed> {
    const keep: { found: FoundMessage; reason: string }[] = [];
    const outgoing = new Map<OutgoingMessage, FoundMessage>();
    const remove: FoundMessage[] = [];
    for (const one of found) {
      const { message } = one;
      if (journal.of(message.sequenceNumber) === 'sent') remove.push(one);
      else if (message.problem !== undefined)
        keep.push({ found: one, reason: `it cannot be read: ${message.problem}` });
      else outgoing.set(this.copyOf(message, journal.header.run), one);
    }
    // In the order in which they were sent, within a session above all.
    const refusals = await this.sender.send([...outgoing.keys()], signal);
    const sent: bigint[] = [];
    for (const [copy, one] of outgoing) {
      const refusal = refusals.get(copy);
      if (refusal) keep.push({ found: one, reason: `${this.target} refused it: ${refusal.message}` });
      else {
        sent.push(one.message.sequenceNumber);
        remove.push(one);
      }
    }
    await journal.note('sent', sent);
    return { remove, keep };
  }

  verify(run: string, sequenceNumbers: readonly bigint[], signal: AbortSignal): Promise<void> {
    const { canaryWaitMs = CANARY_WAIT_MS } = this.options;
    // Copies in the same entity come after all that is there now.
    const last = sequenceNumbers.reduce((one, other) => (one > other ? one : other), 0n);
    const after = this.target.toLowerCase() === this.source.path.toLowerCase() ? last + 1n : 0n;
    return watchCopies(this.namespace, this.target, { run, after, waitMs: canaryWaitMs, signal });
  }

  close(): Promise<void> {
    return this.sender.close();
  }

  private copyOf(message: DeskMessage, run: string): OutgoingMessage {
    const bytes = copyMessage(message, { entity: this.source.path, run, edit: this.options.edit });
    return { bytes, partition: `${message.sessionId}\n${message.partitionKey}` };
  }
}

function readTarget(
  { kind, path, topic }: EntityAddress,
  { to, toAllSubscriptions }: ResubmitOptions,
): string {
  if (kind === 'queue') return to ?? path;
  const target = to ?? topic ?? '';
  if (target.toLowerCase() !== topic?.toLowerCase() || toAllSubscriptions) return target;
  throw new DeskError(
    `messages sent to ${topic} go to all of its subscriptions, not to ${path} alone: name a queue to send them to (--to), or say that all shall get a copy (--to-all-subscriptions)`,
    'bad-input',
  );
}
