/** `open` while the binding pauses, `half-open` while it tries one message at a time. */
export type CircuitState = 'closed' | 'open' | 'half-open';

/** The state of one binding's receiver, for readiness checks and for people. */
export interface ConsumerHealth {
  readonly pattern: string;
  readonly entityPath: string;
  /**
   * `receiving` is the healthy state. `degraded` still counts as up: messages wait but none has arrived, and the
   * receiver is being replaced.
   */
  readonly state: 'connecting' | 'receiving' | 'degraded' | 'failing' | 'draining';
  /** Messages that a handler processes or that wait for one; those between two attempts are in `waitingForRetry`. */
  readonly inWork: number;
  readonly waitingForRetry: number;
  /** Set if the binding has a circuit breaker: `open` while it pauses because too many messages fail. */
  readonly circuit?: CircuitState;
  /** Set if `maxConcurrentCalls` is adaptive: how many messages may be in work at once, now and at most. */
  readonly concurrency?: { readonly limit: number; readonly max: number };
  /** Set while the broker refuses the link for the results, although messages are received. */
  readonly outputError?: { readonly code: string; readonly message: string };
  /** When a message last ended, whatever its outcome; not set before the first one. ISO 8601. */
  readonly lastProgressAt?: string;
  /** The last error that kept the binding from receiving, even if it is long over. */
  readonly lastError?: { readonly code: string; readonly message: string; readonly at: string };
  /** Why the binding is failing or degraded: the SDK's error code and message, or `ReceiverSilent`. */
  readonly error?: { readonly code: string; readonly message: string };
}

/** Whether a binding in this state counts as up. */
export function isReceiving({ state }: Pick<ConsumerHealth, 'state'>): boolean {
  return state === 'receiving' || state === 'degraded';
}
