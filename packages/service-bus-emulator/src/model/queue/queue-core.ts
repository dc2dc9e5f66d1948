import { type Deadlines, type Timed } from '../collections/deadlines.js';
import { type QueueContext } from './queue-context.js';

/** What a message queue needs to know of its entity. */
export interface QueueSettings {
  lockDurationMs: number;
  /** Failed deliveries after which a message is dead-lettered. */
  maxDeliveryCount: number;
  /** Upper bound of every message's time to live in milliseconds. */
  defaultTimeToLiveMs: number;
  deadLetteringOnMessageExpiration: boolean;
  requiresSession: boolean;
  /** Fixed, as sessions are: whether its messages are in order only within their partition. */
  isPartitioned: boolean;
  /** In a dead-letter queue messages do not expire, and failed deliveries are not counted. */
  isDeadLetterQueue: boolean;
  /** Why nobody may receive from it: the entity's status, or that it forwards its messages. */
  closedToReceivers: 'disabled' | 'forwarding' | undefined;
}

/** What the parts of a message queue (locks, receivers, sessions) see of the whole. */
export interface QueueCore {
  readonly address: string;
  readonly context: QueueContext;
  readonly settings: QueueSettings;
  /** What the queue does by itself, and when: activate, expire, end locks, end waits for a session. */
  readonly timers: Deadlines<Timed>;
}
