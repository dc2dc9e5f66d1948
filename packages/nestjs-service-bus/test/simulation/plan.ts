import { type BindingOptions } from '../../src/binding/binding.js';
import { type StoreFault } from './runtime/simulated-rate-store.js';

/** What one execution of a handler does. */
export type Step =
  | {
      readonly kind: 'succeed' | 'fail' | 'fail-by-type' | 'refuse' | 'defer' | 'invalid';
      readonly afterMs: number;
    }
  | { readonly kind: 'retry-later'; readonly afterMs: number; readonly delayMs: number }
  /** Ends when its signal is aborted: successfully if `succeedsThen`, else with an error. */
  | { readonly kind: 'hang'; readonly afterMs: number; readonly succeedsThen: boolean }
  /** The handler settles the message itself. */
  | { readonly kind: 'complete-itself' | 'abandon-itself'; readonly afterMs: number };

/** One message, and what each execution of its handler does; executions after the last step repeat it. */
export interface Input {
  readonly number: number;
  readonly messageId: string;
  readonly sessionId: string | undefined;
  readonly sentAtMs: number;
  readonly steps: readonly Step[];
  /** Number of results, and so of outputs. */
  readonly results: number;
}

/** A fault to inject, and when. */
export interface Fault {
  readonly atMs: number;
  readonly kind:
    | 'detach-links'
    | 'silence-links'
    | 'break-receiving'
    | 'break-sending'
    | 'outage'
    | 'slow-broker'
    /** Renewals, peeks and what is settled without a link are answered late; links are as ever. */
    | 'slow-management'
    | 'renewals-fail'
    | 'settlements-fail'
    | 'sends-fail'
    /** Links cannot be opened: for receiving, for sessions, for sending. */
    | 'opens-fail'
    | 'peeks-fail'
    | 'input-disabled'
    | 'output-disabled'
    | 'kill'
    | 'replace';
  readonly lastsMs: number;
}

/** A store that all processes share their rate by, how far away it is, and what goes wrong with it. */
export interface PlannedRateStore {
  readonly latencyMs: readonly [number, number];
  readonly faults: readonly { readonly atMs: number; readonly lastsMs: number; readonly kind: StoreFault }[];
}

/** Everything that a seed decides before a run. */
export interface Plan {
  readonly binding: BindingOptions;
  readonly hasOutput: boolean;
  readonly detectsDuplicates: boolean;
  /** The input queue detects duplicates, too. */
  readonly detectsOnInput: boolean;
  readonly hasSessions: boolean;
  readonly lockDurationMs: number;
  readonly maxDeliveryCount: number;
  readonly locksEndWithLink: boolean;
  readonly latencyMs: readonly [number, number];
  /** Peeks do not show which messages are locked, as in the cloud. */
  readonly hidesLocks: boolean;
  /** How far the clocks of all processes are ahead of the broker's. */
  readonly skewMs: number;
  /** The output queue refuses batches whose messages differ in session or, with duplicate detection, in id. */
  readonly isOutputPartitioned: boolean;
  readonly graceMs: number;
  /** A second process beside the first; its handlers take so many times as long from that time on. */
  readonly slowOne: { readonly times: number; readonly fromMs: number } | undefined;
  readonly inputs: readonly Input[];
  readonly faults: readonly Fault[];
  /** Undefined where each process has a rate of its own, or none. */
  readonly rateStore?: PlannedRateStore | undefined;
  /** When somebody pauses the binding in all processes that run then, and for how long. */
  readonly pauses: readonly { readonly atMs: number; readonly lastsMs: number }[];
}
