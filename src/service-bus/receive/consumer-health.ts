import { type CircuitState } from './circuit-breaker.js';

/** The state of one binding's receiver, for readiness and for people. */
export interface ConsumerHealth {
  readonly pattern: string;
  readonly entityPath: string;
  /** `receiving` is the only healthy one. */
  readonly state: 'connecting' | 'receiving' | 'failing' | 'draining';
  /** Messages in a handler's hands, waiting for one, and between two attempts. */
  readonly inWork: number;
  readonly waitingForRetry: number;
  /** Where the binding has a circuit breaker: `open` while it pauses because too many messages fail. */
  readonly circuit?: CircuitState;
  /** Why it fails: the SDK's error code and message. */
  readonly error?: { readonly code: string; readonly message: string };
}
