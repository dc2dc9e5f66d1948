/** A message is taken if all that is named equals what it has. */
export interface CorrelationRule {
  /** The subject, called label by older SDKs. */
  readonly subject?: string;
  /** The correlation id. */
  readonly correlationId?: string;
  /** The message id. */
  readonly messageId?: string;
  /** The address that the message is meant for. */
  readonly to?: string;
  /** Where answers are to go. */
  readonly replyTo?: string;
  /** The session. */
  readonly sessionId?: string;
  /** The session of answers. */
  readonly replyToSessionId?: string;
  /** The content type. */
  readonly contentType?: string;
  /** Application properties. */
  readonly properties?: Readonly<Record<string, string | number | boolean>>;
  /** SQL that changes the subscription's copy of a message: `SET priority = 'high'`. */
  readonly action?: string;
}

/** A message is taken if the condition is true for it: `amount > 100`. */
export interface SqlRule {
  /** The condition. */
  readonly sql: string;
  /** SQL that changes the subscription's copy of a message. */
  readonly action?: string;
}

/** Which messages of a topic a subscription takes: an SQL condition, or what is to be equal. */
export type RuleOptions = string | SqlRule | CorrelationRule;

/** What a topic is like, next to a subscription that is declared. Durations as Service Bus writes them: `PT1H`. */
export interface TopicOptions {
  /** How long messages live that say nothing of it. Default `P14D`. */
  readonly defaultMessageTimeToLive?: string;
  /** For how long ids are remembered, so that a message that is sent twice is taken once. Default `PT1H`. */
  readonly duplicateDetection?: string | false;
  /** How much it stores, in megabytes: 1,024 to 5,120 in the standard tier. Default: the namespace's. */
  readonly maxSizeInMegabytes?: number;
  /** Whether it has several partitions, which have no common order. Cannot be changed later. */
  readonly enablePartitioning?: boolean;
}

/** What a queue or a subscription is like. Durations as Service Bus writes them: `PT5M`, `P14D`. */
export interface EntityOptions {
  /** How long a message is held for a handler before it is renewed or comes again; up to `PT5M`, the default. */
  readonly lockDuration?: string;
  /**
   * Deliveries until the broker itself dead-letters a message. Default: ten times the attempts of the binding, 50 at
   * least: our own retries and lost locks use them up, and the reason of the last error is worth more than the broker's.
   */
  readonly maxDeliveryCount?: number;
  /** Default: whether the binding reads it with `sessions`. It cannot be changed later. */
  readonly requiresSession?: boolean;
  /** How long messages live that say nothing of it. Default `P14D`. */
  readonly defaultMessageTimeToLive?: string;
  /** Whether a message that has lived too long goes to the dead-letter queue. Default true: nothing vanishes. */
  readonly deadLetteringOnMessageExpiration?: boolean;
  /**
   * For how long ids are remembered, so that a result that is sent twice is taken once. Default `PT1H` for what results
   * are sent to, else `false`. Whether it is on cannot be changed later. A subscription has what its topic has.
   */
  readonly duplicateDetection?: string | false;
  /** A queue or topic that all messages go on to. */
  readonly forwardTo?: string;
  /** A queue or topic that dead letters go on to. */
  readonly forwardDeadLettersTo?: string;
  /** How much it stores, in megabytes: 1,024 to 5,120 in the standard tier. Default: the namespace's. */
  readonly maxSizeInMegabytes?: number;
  /** Cannot be changed later. */
  readonly enablePartitioning?: boolean;
  /**
   * Which messages a subscription takes, by the rules' names. What is not named there is in the way, and told as such;
   * without `rules` nothing is said of them, and a new subscription takes every message.
   */
  readonly rules?: Readonly<Record<string, RuleOptions>>;
  /** The topic of a subscription. */
  readonly topic?: TopicOptions;
}

/** What an entity is like that results are sent to. */
export interface ReplyToEntityOptions extends Omit<EntityOptions, 'rules' | 'topic'> {
  /** Default: a queue, unless a binding of the application reads a subscription of it. */
  readonly kind?: 'queue' | 'topic';
}

/** What an entity is like, or that somebody else owns it: then it is only looked for, and never made or changed. */
export type DeclaredEntity<Options> = Options | 'external';

/** The same for what is sent to: `external topic` says as well of what kind it is, which rights to send depend on. */
export type DeclaredDestination = ReplyToEntityOptions | ExternalDestination;

/** A queue or topic of somebody else. */
export type ExternalDestination = 'external' | 'external queue' | 'external topic';
