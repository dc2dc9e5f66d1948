/** A candidate's settings. */
export interface Assignment {
  readonly address: string;
  readonly inputQueue: string;
  readonly outputQueue: string;
  /** Messages in work at once. */
  readonly concurrency: number;
  /** How long each call of the handler waits, in milliseconds. Default 0. */
  readonly workMs?: number;
  /** A adapts its concurrency to the load. */
  readonly isAdaptive?: boolean;
  /** With `false`, A sends all messages through the SDK. */
  readonly fastLane?: boolean;
  /** Only for the growth of A: how many handlers share the input queue, and how many bindings there are. */
  readonly handlers?: number;
  readonly bindings?: number;
}

/** A running candidate. */
export interface Running {
  close(): Promise<void>;
}

/** The exports of a candidate's module. */
export interface CandidateModule {
  start(assignment: Assignment): Promise<Running>;
}
