/** Records what a process knows of its locks; a session's lock is identified by its link. */
export interface LockWatch {
  /** The broker said that this lock lasts until then (milliseconds since 1970). */
  held(lock: string, lockedUntilMs: number): void;
  /** The process asks to complete a message. */
  completing(lockToken: string, sequenceNumber: number): void;
  /** An operation on the lock was refused with this error. */
  refused(lock: string, error: unknown): void;
}
