import { type Arrival } from '../queue/arrival.js';
import { type QueueContext } from '../queue/queue-context.js';
import { type Throttle } from './throttle.js';
import { type Journal } from './journal.js';

/** What all entities of a namespace share. */
export interface EntityContext extends QueueContext {
  journal: Journal;
  /** What all operations of the namespace spend credits of; undefined if it is not throttled. */
  readonly throttle: Throttle | undefined;
}

/** What an entity needs of its namespace. */
export interface EntityHost {
  readonly context: EntityContext;
  /** Returns a fresh identifier, for `newid()` in rule actions. */
  readonly newId: () => string;
  /** Hands a message to another entity. @throws BrokerError if the target refuses it */
  forward(nowMs: number, target: string, arrival: Arrival): void;
  deleteEntity(nowMs: number, name: string): void;
  deleteSubscription(topicName: string, name: string): void;
}
