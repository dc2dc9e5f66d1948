import { type Input, type Plan, type Step } from './plan.js';

/** The least that a run needs: one process, no faults, and handlers that succeed at once. */
export const MINIMAL_PLAN: Plan = {
  binding: { maxConcurrentCalls: 4, prefetch: 'auto', watchdog: { silenceMs: 60_000 } },
  hasOutput: true,
  detectsDuplicates: true,
  detectsOnInput: false,
  hasSessions: false,
  lockDurationMs: 5_000,
  maxDeliveryCount: 100,
  locksEndWithLink: false,
  latencyMs: [1, 3],
  hidesLocks: true,
  skewMs: 0,
  isOutputPartitioned: false,
  graceMs: 5_000,
  slowOne: undefined,
  inputs: [],
  faults: [],
  pauses: [],
};

/** Messages that are sent at these times, with one result each; their handlers take so long, after these steps. */
export function inputsAt(
  timesMs: readonly number[],
  workMs: (number: number) => number,
  before: readonly Step[] = [],
): Input[] {
  return timesMs.map((sentAtMs, number) => ({
    number,
    messageId: `in-${number}`,
    sessionId: undefined,
    sentAtMs,
    steps: [...before, { kind: 'succeed', afterMs: workMs(number) }],
    results: 1,
  }));
}
