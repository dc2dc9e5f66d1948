import { type QueueContext } from '../queue/queue-context.js';
import { type Router } from './receivable.js';

/** What an entity needs of the namespace it is in. */
export interface EntityHost extends Router {
  readonly context: QueueContext;
  /** Fresh identifiers for `newid()` in rule actions. */
  readonly newId: () => string;
  deleteEntity(nowMs: number, name: string): void;
  deleteSubscription(topicName: string, name: string): void;
}
