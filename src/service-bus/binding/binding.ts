import { type BindingRetryPolicy } from '../message/retry-policy.js';
import { type CircuitBreakerPolicy } from '../receive/circuit-breaker.js';

/** How a binding reads an entity that requires sessions. */
export interface SessionOptions {
  /** Sessions held at once, 1 to 10,000; one message of each is in work at a time. Default 8. */
  readonly maxConcurrentSessions: number;
  /** A session that brought no message for this long is released, in milliseconds. Default 1,000. */
  readonly idleTimeoutMs: number;
}

/** Where a pattern's messages come from and how they are handled, as a feature module declares it. */
export interface BindingOptions {
  /** The queue to read. Default: the queue that is named like the pattern. */
  readonly queue?: string;
  /** The topic to read, together with `subscription`. */
  readonly topic?: string;
  readonly subscription?: string;
  /** The queue or topic that results go to when the message names no `replyTo` itself. */
  readonly replyTo?: string;
  /** Messages in work at once, 1 to 500. Default 16. */
  readonly maxConcurrentCalls?: number;
  readonly retry?: Partial<BindingRetryPolicy>;
  /** Pauses the binding while too many of its messages fail; `true` for the defaults. Default: none. */
  readonly circuitBreaker?: boolean | Partial<CircuitBreakerPolicy>;
  /** For a queue or subscription that requires sessions, in place of `maxConcurrentCalls`. */
  readonly sessions?: Partial<SessionOptions>;
}

/** A binding with every choice made. */
export interface Binding {
  readonly pattern: string;
  /** The queue, or the topic when there is a subscription. */
  readonly entity: string;
  readonly subscription: string | undefined;
  /** As Service Bus addresses it: `queue` or `topic/Subscriptions/subscription`. */
  readonly entityPath: string;
  readonly replyTo: string | undefined;
  readonly maxConcurrentCalls: number;
  readonly retry: BindingRetryPolicy;
  /** Undefined for a binding without one. */
  readonly circuitBreaker: CircuitBreakerPolicy | undefined;
  /** Undefined for an entity without sessions. */
  readonly sessions: SessionOptions | undefined;
}
