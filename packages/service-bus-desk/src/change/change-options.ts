import { type DeadLetterFilter } from '../dead-letters/dead-letter-filter.js';

/** How a run that changes something goes. */
export interface RunOptions {
  /** At most so many messages. Default: all. */
  readonly max?: number | undefined;
  /** At most so many messages a second. Default: as fast as it goes. */
  readonly rate?: number | undefined;
  /** Only says how many messages it would be about. Default false. */
  readonly dryRun?: boolean | undefined;
  /**
   * So many messages go first, and unless all of them succeed nothing else does. Of messages that are sent to a queue
   * that means: a consumer has taken the copy, and it was not dead-lettered. Default 10; false: all at once.
   */
  readonly canary?: number | false | undefined;
  /** How long the first ones may take until they have succeeded, in milliseconds. Default 30,000. */
  readonly canaryWaitMs?: number | undefined;
  /** A file that says what was done, so that an interrupted run goes on. Default: none. */
  readonly journal?: string | undefined;
  /** Goes on with the run of that journal. Default false: the file must not exist. */
  readonly resume?: boolean | undefined;
  /** Stops the run after what it is in the middle of; what it holds is given back. It rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Is told how far the run has come. */
  readonly onProgress?: ((progress: RunProgress) => void) | undefined;
}

/** Which dead letters a run changes, and how it gets at them. */
export interface ChangeOptions extends RunOptions {
  /** Default: all. */
  readonly filter?: DeadLetterFilter | undefined;
  /**
   * How many messages that are not wanted may be held until those that are wanted have been found, before or between
   * which they lie; each takes about a kilobyte of memory. Default 100,000.
   */
  readonly maxHeld?: number | undefined;
  /**
   * How long to wait for messages whose lock somebody else has, in milliseconds: locks last for up to five minutes,
   * also those of a process that was killed. Default 310,000.
   */
  readonly waitForLocksMs?: number | undefined;
}

/** How far a run has come. */
export interface RunProgress {
  /** How many messages the run is about. */
  readonly planned: number;
  /** So many are done, by all runs of the same journal. */
  readonly done: number;
  /** So many stayed where they were. */
  readonly failed: number;
  /** Messages that are not wanted, and are held until the run ends. */
  readonly held: number;
}

/** What a run has done. */
export interface RunResult {
  /** A name for it, which its copies have in the property `resubmit-run`. */
  readonly run: string;
  /** Nothing was changed. */
  readonly dryRun: boolean;
  /** How many messages the run is about. */
  readonly planned: number;
  /** All runs of the same journal together. */
  readonly done: number;
  /** Stayed where they were; the reasons of the first hundred are in `failures`. */
  readonly failed: number;
  /** Were gone when their turn came, or locked by somebody else all the time. */
  readonly missing: number;
  /** At most a hundred. */
  readonly failures: readonly RunFailure[];
}

/** Why a message stayed where it was. */
export interface RunFailure {
  /** Of an import: the number of the line, from 1 on. */
  readonly sequenceNumber: bigint;
  /** For people. */
  readonly reason: string;
}
