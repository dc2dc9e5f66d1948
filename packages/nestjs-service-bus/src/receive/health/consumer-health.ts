/** `open` while the binding pauses, `half-open` while it tries one message at a time. */
export type CircuitState = 'closed' | 'open' | 'half-open';

/** An error, as readiness reports it. */
export interface ReportedError {
  /** The SDK's error code, or the error's name. */
  readonly code: string;
  /** What the broker or the SDK said. */
  readonly message: string;
}

/** An error that may be over. */
export interface PastFailure extends ReportedError {
  /** When it occurred, ISO 8601. */
  readonly at: string;
}

/** The state of a binding whose concurrency is adaptive. */
export interface AdaptiveConcurrencyHealth {
  /** Messages that may be in work at once now. */
  readonly limit: number;
  /** The upper bound of the limit. */
  readonly max: number;
}

/** The state of a binding whose rate is limited. */
export interface RateHealth {
  /** Messages that may be handed to handlers in a second. */
  readonly perSecond: number;
  /** Messages that are here and wait for their turn: for the rate, or for a handler to end. */
  readonly waiting: number;
  /** Milliseconds until the rate allows another message; 0 while it does. */
  readonly nextTokenInMs: number;
  /** Set if the rate is shared: by which key. */
  readonly key?: string;
  /** Set while the store of a shared rate fails. */
  readonly storeError?: ReportedError;
}

/** A pause that somebody has asked for. */
export interface PausedHealth {
  /** When it began, ISO 8601. */
  readonly at: string;
  /** What was given as the reason. */
  readonly reason?: string;
}

/** The state of one binding's receiver, for readiness checks and for people. */
export interface ConsumerHealth {
  /** The binding's pattern. */
  readonly pattern: string;
  /** The queue, or `topic/Subscriptions/subscription`, that it reads. */
  readonly entityPath: string;
  /** The name of the connection that it reads it by; not set for the one without a name. */
  readonly connection?: string;
  /**
   * `receiving` is the healthy state. `degraded` still counts as up: messages wait but none has arrived, and the
   * receiver is being replaced. So does `paused`: somebody wants it to receive nothing.
   */
  readonly state: 'connecting' | 'receiving' | 'degraded' | 'failing' | 'paused' | 'draining';
  /** Messages that a handler processes or that wait for one; those between two attempts are in `waitingForRetry`. */
  readonly inWork: number;
  /** Those of them that wait between two attempts. */
  readonly waitingForRetry: number;
  /** How many messages may be in work at once now; of a binding with sessions, how many sessions are held at most. */
  readonly maxConcurrentCalls: number;
  /** Set if the binding has a circuit breaker: `open` while it pauses because too many messages fail. */
  readonly circuit?: CircuitState;
  /** Set if `maxConcurrentCalls` is adaptive: how many messages may be in work at once, now and at most. */
  readonly concurrency?: AdaptiveConcurrencyHealth;
  /** Set if the binding has a `rate`, as this process sees it. */
  readonly rate?: RateHealth;
  /** Set while the broker refuses the link for the results, although messages are received. */
  readonly outputError?: ReportedError;
  /** Set while the binding is paused, since when and why. */
  readonly paused?: PausedHealth;
  /** When a message last ended, whatever its outcome; not set before the first one. ISO 8601. */
  readonly lastProgressAt?: string;
  /** The last error that kept the binding from receiving, even if it is long over. */
  readonly lastError?: PastFailure;
  /** Why the binding is failing or degraded: the SDK's error code and message, or `ReceiverSilent`. */
  readonly error?: ReportedError;
}

/** Whether a binding in this state has an open link. */
export function isReceiving({ state }: Pick<ConsumerHealth, 'state'>): boolean {
  return state === 'receiving' || state === 'degraded';
}

/** Whether a binding in this state counts as up: it does what it is meant to, and a restart would mend nothing. */
export function isUp({ state }: Pick<ConsumerHealth, 'state'>): boolean {
  return state === 'paused' || isReceiving({ state });
}
