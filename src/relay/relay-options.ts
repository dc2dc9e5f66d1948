/** Where it is told of messages that come and go over HTTP. */
export interface RelayLog {
  /** Whether lines show bodies; else their sizes. */
  readonly showsBodies: boolean;
  /** Writes a line; the fields are for machines. */
  write(line: string, fields: Readonly<Record<string, unknown>>): void;
}

/** The relay's queues; with one name for both there is one plain queue, and nothing is relayed. */
export interface RelayOptions {
  readonly inQueue: string;
  readonly outQueue: string;
  /** Undefined where nothing is told. */
  readonly log?: RelayLog | undefined;
}

/** Injection token of the relay's options. */
export const RELAY_OPTIONS = Symbol('RelayOptions');

/** The names under which the relay's sender and receivers are injected. */
export const RELAY_IN = 'relay-in';
export const RELAY_OUT = 'relay-out';
