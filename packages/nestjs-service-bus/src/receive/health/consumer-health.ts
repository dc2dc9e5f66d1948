/** `open` while the binding pauses, `half-open` while it tries one message. */
export type CircuitState = 'closed' | 'open' | 'half-open';

/** The state of one binding's receiver, for readiness and for people. */
export interface ConsumerHealth {
  readonly pattern: string;
  readonly entityPath: string;
  /**
   * `receiving` is the healthy one. `degraded` still counts as up: messages wait, none has come, and a fresh
   * receiver is to help.
   */
  readonly state: 'connecting' | 'receiving' | 'degraded' | 'failing' | 'draining';
  /** Messages in a handler's hands, waiting for one, and between two attempts. */
  readonly inWork: number;
  readonly waitingForRetry: number;
  /** Where the binding has a circuit breaker: `open` while it pauses because too many messages fail. */
  readonly circuit?: CircuitState;
  /** Where `maxConcurrentCalls` is adaptive: messages that may be in work at once now, and at most. */
  readonly concurrency?: { readonly limit: number; readonly max: number };
  /** Set while the broker refuses the link that results are to take, though messages are received. */
  readonly outputError?: { readonly code: string; readonly message: string };
  /** When a message was last done with, whatever its end; not set before the first one. ISO 8601. */
  readonly lastProgressAt?: string;
  /** What last kept it from receiving, also when it is long over. */
  readonly lastError?: { readonly code: string; readonly message: string; readonly at: string };
  /** Why it fails or is degraded: the SDK's error code and message, or `ReceiverSilent`. */
  readonly error?: { readonly code: string; readonly message: string };
}

/** True for a binding that counts as up. */
export function isReceiving({ state }: Pick<ConsumerHealth, 'state'>): boolean {
  return state === 'receiving' || state === 'degraded';
}
