import { type BindingOptions } from '../../src/binding/binding.js';

/** How an execution of a handler goes. */
export type Step =
  | {
      readonly kind: 'succeed' | 'fail' | 'fail-by-type' | 'refuse' | 'defer' | 'invalid';
      readonly afterMs: number;
    }
  | { readonly kind: 'retry-later'; readonly afterMs: number; readonly delayMs: number }
  /** Ends when its signal says so, by an error or as if nothing were; the patient one some time later only. */
  | { readonly kind: 'hang'; readonly afterMs: number; readonly succeedsThen: boolean }
  /** Settles the message itself. */
  | { readonly kind: 'complete-itself' | 'abandon-itself'; readonly afterMs: number };

/** One message, and what its handler does with it, execution by execution; after the last step it succeeds. */
export interface Input {
  readonly number: number;
  readonly messageId: string;
  readonly sessionId: string | undefined;
  readonly sentAtMs: number;
  readonly steps: readonly Step[];
  /** Results of its handler: that many outputs. */
  readonly results: number;
}

/** What goes wrong, and when. */
export interface Fault {
  readonly atMs: number;
  readonly kind:
    | 'detach-links'
    | 'silence-links'
    | 'break-receiving'
    | 'break-sending'
    | 'outage'
    | 'slow-broker'
    | 'renewals-fail'
    | 'settlements-fail'
    | 'sends-fail'
    | 'input-disabled'
    | 'output-disabled'
    | 'kill'
    | 'replace';
  readonly lastsMs: number;
}

/** All that a seed decides before a run. */
export interface Plan {
  readonly binding: BindingOptions;
  readonly hasOutput: boolean;
  readonly detectsDuplicates: boolean;
  /** The input queue detects duplicates as well. */
  readonly detectsOnInput: boolean;
  readonly hasSessions: boolean;
  readonly lockDurationMs: number;
  readonly maxDeliveryCount: number;
  readonly locksEndWithLink: boolean;
  readonly latencyMs: readonly [number, number];
  readonly graceMs: number;
  readonly inputs: readonly Input[];
  readonly faults: readonly Fault[];
}
