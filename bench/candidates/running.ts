/** What a candidate is started with. */
export interface Assignment {
  readonly address: string;
  readonly inputQueue: string;
  readonly outputQueue: string;
  /** Messages in work at once. */
  readonly concurrency: number;
  /** For the growth of A only: how many handlers share the input queue, and how many bindings there are. */
  readonly handlers?: number;
  readonly bindings?: number;
}

/** A candidate at work. */
export interface Running {
  close(): Promise<void>;
}

/** What the module of a candidate exports. */
export interface CandidateModule {
  start(assignment: Assignment): Promise<Running>;
}
