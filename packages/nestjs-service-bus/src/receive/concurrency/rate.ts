import { type RateHealth } from '../health/consumer-health.js';

/** How many messages wait for their turn. */
export interface Demand {
  /** Those that could begin now, as far as handlers go. */
  readonly startable: number;
  /** Those that wait for a handler besides. */
  readonly behind: number;
  /** As many as the next call of a handler takes. */
  readonly next: number;
}

/** How often a binding's handlers are called: a token for each message. */
export interface Rate {
  /** Messages that are worth having here at most, before their handlers begin. */
  readonly most: number;
  /** Calls back when what somebody was to be woken for may be there. */
  onDue(listener: () => void): void;
  /** Adds one of those whose messages the tokens are for. */
  addDemand(demand: () => Demand): void;
  /** Takes a token if there is one. */
  take(hasWaited: boolean): boolean;
  /** Takes tokens whether they are there or not; below 0, gives them back. */
  charge(count: number): void;
  /** Wakes all when the next token is due. */
  wakeForToken(): void;
  /** How many messages may come beside those that wait here; where it is none, wakes all when it may be one. */
  roomBeside(waiting: number): number;
  /** With so many messages here that wait. */
  health(waiting: number): RateHealth;
  /** Whether a store has still to answer. */
  readonly isAsking: boolean;
  /** Wakes nobody any more. */
  close(): void;
}
