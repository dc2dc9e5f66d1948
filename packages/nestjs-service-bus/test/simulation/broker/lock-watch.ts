/** Whoever notes what a process knows of the locks that it holds; a session's lock goes by its link. */
export interface LockWatch {
  /** The broker's word has come that this lock lasts until then (since 1970). */
  held(lock: string, lockedUntilMs: number): void;
  /** A message's completion is asked for. */
  completing(lockToken: string, sequenceNumber: number): void;
  /** An operation on it was answered, with a refusal if there is an error. */
  refused(lock: string, error: unknown): void;
}
