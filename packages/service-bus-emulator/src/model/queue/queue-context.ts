import { type Deadlines, type Timed } from '../collections/deadlines.js';
import { type Effect } from './effect.js';
import { type QueueJournal } from './queue-journal.js';
import { type StorageMeter } from './storage-meter.js';

/** Something that acts by itself when its time has come. */
export interface Due extends Timed {
  advance(nowMs: number): void;
}

/** A queue with deliveries that wait until everything that is due has been done. */
export interface PostponedDelivery {
  deliverPostponed(nowMs: number): void;
}

/** What all message queues of a namespace share. */
export interface QueueContext {
  /** When each queue or entity next has something to do by itself. */
  readonly agenda: Deadlines<Due>;
  /** What the current command causes outside the model, so far. */
  effects: Effect[];
  journal: QueueJournal;
  nextLockId: number;
  /** Encoded size of the messages of all entities. */
  readonly meter: StorageMeter;
  /** Estimate of the memory in use: messages, and what is kept about messages, sessions and message ids. */
  readonly memory: StorageMeter;
  /** Upper bound of `memory`, in bytes. */
  readonly maxStoredBytes: number;
  /** Unix time in milliseconds up to which everything that was due has been done. */
  nowMs: number;
  /**
   * Set while the namespace works off what is due. Queues that then have something to deliver add themselves and
   * deliver when all of it is done, so that a message cannot overtake an older one that is due at the same time.
   */
  postponed: Set<PostponedDelivery> | undefined;
}
