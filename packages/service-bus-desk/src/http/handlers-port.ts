import { type ChangeOptions, type RunResult } from '../change/change-options.js';

/** What a process that handles messages tells of its bindings, and the redrive that only it can do. */
export interface HandlersPort {
  /** Is asked every two seconds while somebody looks. */
  bindings(): readonly BindingStatus[];
  /**
   * Has the handlers of an entity take its dead letters out of the dead-letter queue itself. As `Desk.resubmit`, it
   * rejects with a DeskError where it cannot be begun, or stops after the first messages.
   */
  redrive?(entity: string, options: ChangeOptions): Promise<RunResult>;
}

/** How a binding of handlers to an entity is. */
export interface BindingStatus {
  /** Its name, which no other has. */
  readonly name: string;
  /** `orders`, or `events/Subscriptions/audit`. */
  readonly entity: string;
  /** Whether it receives. */
  readonly health: 'up' | 'down' | 'paused';
  /** Why it does not. */
  readonly reason?: string;
  /** Handlers at work now. */
  readonly running: number;
  /** How many may be, now. */
  readonly maxConcurrentCalls: number;
  /** Messages that wait for their next attempt. */
  readonly retriesWaiting: number;
  /** `closed` where there is none. */
  readonly circuit: 'closed' | 'open' | 'half-open';
  /** Messages handled since the start. */
  readonly handled?: number;
  /** Those of them whose handler failed. */
  readonly failed?: number;
}
