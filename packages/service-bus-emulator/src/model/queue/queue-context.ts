import { type Deadlines, type Timed } from '../collections/deadlines.js';
import { type Effect } from './effect.js';
import { type Journal } from '../entity/journal.js';
import { type Queue } from './queue.js';
import { type StorageMeter } from './storage-meter.js';

/** Something that does by itself what is due. */
export interface Due extends Timed {
  advance(nowMs: number): void;
}

/** What the message queues of one namespace share. */
export interface QueueContext {
  /** When each queue or entity next has something to do by itself. */
  readonly agenda: Deadlines<Due>;
  /** Collects what is to happen outside while a command runs. */
  effects: Effect[];
  journal: Journal;
  nextLockId: number;
  /** What all entities together store. */
  readonly meter: StorageMeter;
  /** The memory that it takes, estimated: with what is kept about messages, sessions and message ids. */
  readonly memory: StorageMeter;
  /** Bound of `memory` in bytes. */
  readonly maxStoredBytes: number;
  /** Unix time in milliseconds up to which everything that was due has happened. */
  nowMs: number;
  /**
   * Queues that have come to have something to deliver while that which is due is being done; they deliver
   * when all of it is done, so that what happens at one time cannot overtake what is older.
   */
  holdingBack: Set<Queue> | undefined;
}
