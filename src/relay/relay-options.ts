/** The relay's queues; with one name for both there is one plain queue, and nothing is relayed. */
export interface RelayOptions {
  readonly inQueue: string;
  readonly outQueue: string;
}

/** Injection token of the relay's options. */
export const RELAY_OPTIONS = Symbol('RelayOptions');

/** The names under which the relay's sender and receivers are injected. */
export const RELAY_IN = 'relay-in';
export const RELAY_OUT = 'relay-out';
