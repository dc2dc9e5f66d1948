import { type Closeable } from '../database/database.js';
import { type StoredMessage } from '../message/outbox-message.js';
import { type TransactionClient } from '../transaction/transaction-client.js';

/** Names a waiting message: its lane, and its number, which is its place in the lane. */
export interface RowKey {
  /** The lane's number. */
  readonly lane: number;
  /** A decimal text: numbers of a database may be larger than JavaScript's. */
  readonly id: string;
}

/** A message that waits to be sent. */
export interface WaitingMessage extends StoredMessage, RowKey {
  /** How long it has waited, by the database's clock. */
  readonly ageMs: number;
  /** When it was added, by the database's clock, in milliseconds since 1970. */
  readonly createdAtMs: number;
}

/** A lane that a deliverer holds. */
export interface HeldLane {
  /** The lane's number. */
  readonly lane: number;
  /** How many deliveries of it have failed in a row. */
  readonly failures: number;
}

/** A message that the broker takes never, with what it said. */
export interface Refusal extends RowKey {
  /** The error's code or name. */
  readonly reason: string;
  /** What the error says. */
  readonly description: string;
}

/** What has become of the messages of some lanes. */
export interface DeliveryReport {
  /** Accepted by the broker. */
  readonly sent: readonly RowKey[];
  /** Never to be accepted by it. */
  readonly refused: readonly Refusal[];
  /** Lanes that the deliverer gives back; others may take them at once. */
  readonly released: readonly number[];
  /** Lanes that it gives back, and that nobody may take for a while: their destination takes nothing. */
  readonly postponed: readonly {
    /** The lane's number. */
    readonly lane: number;
    /** For how long. */
    readonly delayMs: number;
  }[];
}

/** Which lanes a deliverer wants. */
export interface Claim {
  /** At most so many. */
  readonly lanes: number;
  /** For how long, in milliseconds. */
  readonly leaseMs: number;
  /** Those that it delivers at the moment. Others that are leased to it are claimed anew: an answer may have been lost. */
  readonly held: readonly number[];
  /**
   * Where something is claimed, the deliverer promises to look again within this time: until then, who adds need not wake
   * anybody. 0 for no promise.
   */
  readonly looksWithinMs: number;
}

/** Bounds on what is taken at once. */
export interface FetchLimits {
  /** Messages of one lane. */
  readonly messages: number;
  /** Bytes of the bodies of one lane; its first message is taken however large it is. */
  readonly bytes: number;
}

/** How much is waiting. */
export interface OutboxStatistics {
  /** Waiting messages; from some hundred thousand on an estimate. */
  readonly waiting: number;
  /** The age of the oldest one of them, in milliseconds by the database's clock; 0 where none waits. */
  readonly oldestAgeMs: number;
  /** Messages set aside because the broker refuses them. */
  readonly refused: number;
}

/** A message that was set aside. */
export interface RefusedMessage extends StoredMessage {
  /** Names it to `retryRefused` and `deleteRefused`. */
  readonly id: string;
  /** When it was added. */
  readonly createdAt: Date;
  /** When it was set aside. */
  readonly refusedAt: Date;
  /** The error's code or name. */
  readonly reason: string;
  /** What the error says. */
  readonly description: string;
}

/**
 * Where messages wait between a transaction and the broker. The conformance suite says what an implementation has to hold to.
 */
export interface OutboxStore {
  /**
   * Adds messages inside the caller's transaction, and wakes a deliverer when it commits. Messages of one destination and
   * key are put in the order of the commits: until the transaction ends, others that add to the key wait.
   */
  add(transaction: TransactionClient, messages: readonly StoredMessage[]): Promise<void>;

  /**
   * Leases lanes that have something to send and that nobody else holds, those first that had to wait longest. An owner that
   * does not renew in time loses them.
   */
  claim(owner: string, wanted: Claim): Promise<readonly HeldLane[]>;

  /** The first messages of held lanes, in each lane in order. To be called after `claim`, never in one statement with it. */
  fetch(lanes: readonly number[], limits: FetchLimits): Promise<readonly WaitingMessage[]>;

  /**
   * Removes what was sent, sets aside what was refused, and gives lanes back, all or nothing. May be called again with the
   * same report. Lanes that others hold by now stay theirs.
   */
  settle(owner: string, report: DeliveryReport): Promise<void>;

  /** Extends the leases of these lanes; returns those that are still the owner's. */
  renew(owner: string, lanes: readonly number[], leaseMs: number): Promise<readonly number[]>;

  /** Calls `onAdded` when something was added that nobody has promised to look for. */
  listen(onAdded: () => void, onLost: (error: unknown) => void): Promise<Closeable>;

  /** Deletes up to `limit` sent messages that are older than `keepMs`; returns how many. */
  deleteSent(keepMs: number, limit: number): Promise<number>;

  /** Counts what waits; costs little, however much that is. */
  statistics(): Promise<OutboxStatistics>;

  /** Messages set aside, the latest first, from before a message's id on if one is given. */
  listRefused(limit: number, beforeId?: string): Promise<readonly RefusedMessage[]>;

  /** Puts messages back to be sent, with their ids and at the end of their lanes; returns how many there were. */
  retryRefused(ids: readonly string[]): Promise<number>;

  /** Deletes messages set aside; returns how many there were. */
  deleteRefused(ids: readonly string[]): Promise<number>;
}
