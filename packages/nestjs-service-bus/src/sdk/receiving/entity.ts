/** What is received from: a queue, or a topic's subscription. */
export interface ReceivableEntity {
  /** The queue's or the topic's name. */
  readonly entity: string;
  readonly subscription?: string | undefined;
  /** Its dead-letter queue instead of itself. */
  readonly subQueueType?: 'deadLetter' | undefined;
}
