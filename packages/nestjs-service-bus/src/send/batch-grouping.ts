import { type Sendable } from './send-observer.js';

/**
 * What an entity takes in one batch. [Service Bus] A partitioned entity refuses a batch whose messages differ in session
 * id or partition key; where it also detects duplicates, one whose messages differ in message id.
 */
export type Grouping = 'any' | 'same-key' | 'alone';

/** Entities are made anew at times: what was learnt of one is tried again after this. */
const LEARNT_FOR_MS = 60 * 60_000;
const REFUSALS_IN_A_ROW = 3;

/** Members of a refused batch that are sent again in smaller groups, to find out what was wrong with it. */
export class Trial {
  private left: number;
  private hasRefused = false;

  constructor(
    readonly grouping: Grouping,
    members: number,
    private readonly learn: (grouping: Grouping) => void,
  ) {
    this.left = members;
  }

  /** The broker has taken or refused a member in its smaller group. */
  ended(isAccepted: boolean): void {
    if (!isAccepted) this.hasRefused = true;
    // All are good by themselves: it was their company that the entity did not take.
    if (--this.left === 0 && !this.hasRefused) this.learn(this.grouping);
  }
}

/** Learns from refusals which messages one entity accepts together. */
export class BatchGrouping {
  private learnt: Grouping = 'any';
  private learntUntilMs = Infinity;
  /** Batches in a row that were refused although each of their messages was good. */
  private refusedForNothing = 0;

  constructor(private readonly now: () => number = () => performance.now()) {}

  get current(): Grouping {
    if (this.now() >= this.learntUntilMs) {
      this.learnt = 'any';
      this.learntUntilMs = Infinity;
    }
    return this.learnt;
  }

  /** A batch of several messages was accepted. */
  accepted(): void {
    this.refusedForNothing = 0;
  }

  /** How the members of a refused batch are sent again. */
  afterRefusal(messages: readonly Sendable[]): Trial {
    const [first, ...others] = messages.map(keyOf);
    const isMixed = others.some((key) => key !== first);
    return new Trial(isMixed ? 'same-key' : 'alone', messages.length, (grouping) => this.learn(grouping));
  }

  private learn(grouping: Grouping): void {
    // A refusal may have had a passing cause, and single messages cost too much to be learnt from one.
    if (grouping === 'alone' && ++this.refusedForNothing < REFUSALS_IN_A_ROW) return;
    this.learnt = grouping;
    this.learntUntilMs = this.now() + LEARNT_FOR_MS;
  }
}

/** Messages of the same key land on the same partition. */
export function keyOf(message: Sendable): string {
  const { sessionId, partitionKey } = message as { sessionId?: string; partitionKey?: string };
  return sessionId ?? partitionKey ?? '';
}
