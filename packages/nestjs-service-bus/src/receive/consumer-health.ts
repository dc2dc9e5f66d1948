import { type CircuitState } from './circuit-breaker.js';

/** An error, as readiness reports it. */
export interface ReportedError {
  /** The SDK's error code, or the error's name. */
  readonly code: string;
  /** What the broker or the SDK said. */
  readonly message: string;
}

/** An error that may be over. */
export interface PastFailure extends ReportedError {
  /** When it came, ISO 8601. */
  readonly at: string;
}

/** Where an adaptive binding stands. */
export interface AdaptiveConcurrencyHealth {
  /** Messages that may be in work at once now. */
  readonly limit: number;
  /** The most there may ever be. */
  readonly max: number;
}

/** The state of one binding's receiver, for readiness and for people. */
export interface ConsumerHealth {
  /** The binding's pattern. */
  readonly pattern: string;
  /** The queue, or `topic/Subscriptions/subscription`, that it reads. */
  readonly entityPath: string;
  /**
   * `receiving` is the healthy one. `degraded` still counts as up: messages wait, none has come, and a fresh
   * receiver is to help.
   */
  readonly state: 'connecting' | 'receiving' | 'degraded' | 'failing' | 'draining';
  /** Messages in a handler's hands, waiting for one, and between two attempts. */
  readonly inWork: number;
  /** Those of them that wait between two attempts. */
  readonly waitingForRetry: number;
  /** Where the binding has a circuit breaker: `open` while it pauses because too many messages fail. */
  readonly circuit?: CircuitState;
  /** Where `maxConcurrentCalls` is adaptive: messages that may be in work at once now, and at most. */
  readonly concurrency?: AdaptiveConcurrencyHealth;
  /** Set while the broker refuses the link that results are to take, though messages are received. */
  readonly outputError?: ReportedError;
  /** When a message was last done with, whatever its end; not set before the first one. ISO 8601. */
  readonly lastProgressAt?: string;
  /** What last kept it from receiving, also when it is long over. */
  readonly lastError?: PastFailure;
  /** Why it fails or is degraded: the SDK's error code and message, or `ReceiverSilent`. */
  readonly error?: ReportedError;
}

/** True for a binding that counts as up. */
export function isReceiving({ state }: Pick<ConsumerHealth, 'state'>): boolean {
  return state === 'receiving' || state === 'degraded';
}
