import { type SimulatedContent } from './simulated-content.js';

/** Records what a process knows of its locks; a session's lock is identified by its link. */
export interface LockWatch {
  /** The broker said that this lock lasts until then (milliseconds since 1970). */
  held(lock: string, lockedUntilMs: number): void;
  /** The process asks to complete a message. */
  completing(lockToken: string, sequenceNumber: number): void;
  /** The broker has answered that it has settled a message. */
  settled(lockToken: string): void;
  /** A message leaves on an open link. */
  leaving(content: SimulatedContent): void;
  /** An operation on the lock was refused with this error. */
  refused(lock: string, error: unknown): void;
}
