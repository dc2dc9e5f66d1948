/** What a message queue needs to know of its entity. */
export interface QueueSettings {
  lockDurationMs: number;
  /** Failed deliveries after which a message is dead-lettered. */
  maxDeliveryCount: number;
  /** Upper bound of every message's time to live in milliseconds. */
  defaultTimeToLiveMs: number;
  deadLetteringOnMessageExpiration: boolean;
  requiresSession: boolean;
  /** Whether it is a dead-letter queue, where messages neither expire nor have their deliveries counted. */
  isDeadLetterQueue: boolean;
  /** Why nobody may receive from it: the entity's status, or that it passes its messages on. */
  closedToReceivers: 'disabled' | 'forwarding' | undefined;
}
