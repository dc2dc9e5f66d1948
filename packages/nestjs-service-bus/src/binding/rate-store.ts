/** What a binding asks its rate's store for. */
export interface RateReservation {
  /** Names the rate: whoever asks by the same key shares it. */
  readonly key: string;
  /** How many turns are wanted, one for each message; a whole number from 1. */
  readonly count: number;
  /** From one turn to the next, in milliseconds; may be a fraction. */
  readonly intervalMs: number;
  /** How many may follow one another at once after a time with fewer; a whole number from 1. */
  readonly burst: number;
  /** Where the first turn is further away than that, in milliseconds, none is taken. */
  readonly maxDelayMs: number;
}

/** What a store says to a reservation. */
export interface RateTurns {
  /**
   * Milliseconds from now, on the store's clock, to the first of the turns; the others follow at `intervalMs`. Below 0
   * where a burst allows several at once: it has been due for so long. Above `maxDelayMs` none is taken.
   */
  readonly delayMs: number;
}

/**
 * Keeps a rate that several instances share; an application implements it on a database that they all reach. For each
 * key it knows one time, `freeAt`, and does in one atomic step, by one clock:
 *
 * ```text
 * base = max(freeAt, now)
 * delayMs = base - (burst - 1) * intervalMs - now
 * if (delayMs <= maxDelayMs) freeAt = base + count * intervalMs
 * ```
 *
 * What it throws, or an answer that does not come in 500 ms, holds the messages back until it answers again.
 */
export interface ServiceBusRateStore {
  /** Takes the next turns of a key, and tells when they are. */
  reserve(reservation: RateReservation): Promise<RateTurns>;
}

/** A store, or the class or another token of the provider that is one. */
export type RateStoreSource =
  ServiceBusRateStore | (abstract new (...dependencies: never[]) => ServiceBusRateStore) | string | symbol;
