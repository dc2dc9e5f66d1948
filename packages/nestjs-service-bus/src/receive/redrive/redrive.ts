/** A dead letter that its holder hands over, with its lock. */
export interface HeldDeadLetter {
  /** The message as the broker has delivered it: its AMQP sections. */
  readonly bytes: Buffer;
  /** As the SDK has it: the text of a GUID. */
  readonly lockToken: string;
  /** Until when it is locked, by the broker's clock, if that is not what `bytes` say. */
  readonly lockedUntil?: Date | undefined;
}

/** What became of a dead letter that was handed over; its lock is over in each case. */
export type RedriveOutcome =
  /** Its handler is done with it, and it is completed. */
  | { readonly kind: 'handled' }
  /** It has failed in `attempt` attempts, and is back in its place with this reason beside the first one. */
  | {
      readonly kind: 'failed';
      readonly reason: string;
      readonly description: string;
      readonly attempt: number;
    }
  /** It is back in its place, as it was: nobody has failed. */
  | { readonly kind: 'given-back'; readonly reason: string }
  /** Its lock was lost: it comes again. */
  | { readonly kind: 'lost' };
