import { uuidText } from '@nestjs-service-bus/amqp-message';

import { type Change, type ChangeWork, type Performed } from './change-dead-letters.js';
import { type FoundMessage } from './sweep.js';

/** A dead letter that is handed over with its lock: whoever gets it renews the lock, and settles it. */
export interface HeldDeadLetter {
  /** As the broker has delivered it: its AMQP sections. */
  readonly bytes: Buffer;
  /** As the SDK has it: the text of a GUID. */
  readonly lockToken: string;
  /** By the broker's clock; undefined where only `bytes` say it. */
  readonly lockedUntil: Date | undefined;
}

/** What became of a dead letter that was handed over. */
export type RedriveOutcome =
  /** It is completed. */
  | { readonly kind: 'handled' }
  /** Its handler has failed again, and it is back where it was, with a note of that. */
  | { readonly kind: 'failed'; readonly reason: string; readonly description: string }
  /** It is back where it was, as it was. */
  | { readonly kind: 'given-back'; readonly reason: string }
  /** Its lock was lost: it comes again. */
  | { readonly kind: 'lost' };

/**
 * Has the handler of an entity (`orders`, `events/Subscriptions/audit`) process a dead letter where it is, and settles
 * it. The method `redrive` of nestjs-service-bus' `ServiceBusServer` is one.
 */
export type HandDeadLetter = (entity: string, deadLetter: HeldDeadLetter) => Promise<RedriveOutcome>;

/** So often a message may come again because its lock was lost. */
const MAX_LOSSES = 3;

/** Has dead letters handled where they are: nobody else sees a copy. */
export class Redrive implements Change {
  readonly action = 'redrive';
  private readonly losses = new Map<bigint, number>();

  constructor(
    private readonly entity: string,
    private readonly handle: HandDeadLetter,
  ) {}

  async perform(found: readonly FoundMessage[], { state, release }: ChangeWork): Promise<Performed> {
    const removed: FoundMessage[] = [];
    const keep: { found: FoundMessage; reason: string }[] = [];
    await state.journal.note(
      'begun',
      found.map(({ message }) => message.sequenceNumber),
    );
    const outcomes = await Promise.allSettled(found.map((one) => this.hand(one, release(one))));
    for (const [index, outcome] of outcomes.entries()) {
      const one = found[index]!;
      if (outcome.status === 'rejected') keep.push({ found: one, reason: messageOf(outcome.reason) });
      else if (outcome.value.kind === 'handled') removed.push(one);
      else {
        const reason = this.whyKept(one, outcome.value);
        if (reason !== undefined) keep.push({ found: one, reason });
      }
    }
    return { remove: [], removed, keep };
  }

  private async hand(
    { message, lock }: FoundMessage,
    held: ReturnType<ChangeWork['release']>,
  ): Promise<RedriveOutcome> {
    if (!held) return { kind: 'lost' };
    const { bytes } = message;
    return this.handle(this.entity, {
      bytes,
      lockToken: uuidText(lock.token),
      lockedUntil: held.lockedUntil,
    });
  }

  /** Undefined for a message that may come again. */
  private whyKept(
    { message: { sequenceNumber } }: FoundMessage,
    outcome: Exclude<RedriveOutcome, { kind: 'handled' }>,
  ): string | undefined {
    if (outcome.kind === 'given-back') return outcome.reason;
    if (outcome.kind === 'failed') return `${outcome.reason}: ${outcome.description.split('\n', 1).join('')}`;
    const losses = (this.losses.get(sequenceNumber) ?? 0) + 1;
    this.losses.set(sequenceNumber, losses);
    return losses < MAX_LOSSES ? undefined : `its lock was lost ${losses} times`;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
