import { type BindingOptions } from '../../src/binding/binding.js';
import { type Fault, type Input, type Plan, type Step } from './plan.js';
import { type StoreFault } from './runtime/simulated-rate-store.js';
import { type Random } from './world/random.js';

const LATENCIES: [readonly [number, number], ...(readonly [number, number])[]] = [
  [1, 3],
  [1, 20],
  [5, 80],
  [0, 0],
  [0, 200],
  [90, 110],
];
const KINDS: [Fault['kind'], ...Fault['kind'][]] = [
  'detach-links',
  'detach-links',
  'silence-links',
  'break-receiving',
  'break-receiving',
  'break-sending',
  'outage',
  'slow-broker',
  'renewals-fail',
  'settlements-fail',
  'sends-fail',
  'sends-fail',
  'opens-fail',
  'opens-fail',
  'peeks-fail',
  'input-disabled',
  'output-disabled',
  'kill',
  'kill',
  'replace',
];

const STORE_LATENCIES: [readonly [number, number], ...(readonly [number, number])[]] = [
  [0, 2],
  [2, 10],
  [5, 60],
  [90, 110],
];
const STORE_FAULTS: [StoreFault, ...StoreFault[]] = [
  'fails',
  'throws',
  'hangs',
  'slow',
  'lost-answers',
  'rubbish',
];
const PREFETCHES = ['auto', 'auto', 'auto', 0, 3, 50] as const;
/** How far a clock can be off: a node without NTP, a virtual machine that was asleep. */
const SKEWS_MS: [number, ...number[]] = [
  0, 0, 0, 900, -900, 4_000, -20_000, 20_000, -600_000, 600_000, 86_400_000,
];

/** Makes a random plan; `cloud` decides what emulators do not show. */
export function makePlan(random: Random, cloud: Random): Plan {
  const hasSessions = random.chance(0.3);
  const hasOutput = random.chance(0.9);
  const detectsDuplicates = random.chance(0.8);
  const detectsOnInput = random.chance(0.3);
  const inputs = makeInputs(random, hasSessions, !detectsDuplicates, !detectsOnInput);
  const isCalm = random.chance(0.1);
  const binding = makeBinding(random, hasSessions);
  return {
    binding: { ...binding, prefetch: PREFETCHES[inputs.length % PREFETCHES.length] ?? 'auto' },
    hasOutput,
    detectsDuplicates,
    detectsOnInput,
    hasSessions,
    lockDurationMs: random.pick([5_000, 10_000, 30_000, 60_000]),
    maxDeliveryCount: random.pick([10, 100, 100]),
    locksEndWithLink: random.chance(0.4),
    latencyMs: random.pick(LATENCIES),
    hidesLocks: cloud.chance(0.6),
    skewMs: cloud.pick(SKEWS_MS),
    isOutputPartitioned: cloud.chance(0.4),
    graceMs: random.pick([1_000, 5_000, 25_000]),
    slowOne: cloud.chance(0.4)
      ? { times: cloud.pick([3, 20, 200]), fromMs: cloud.pick([0, 200, 3_000]) }
      : undefined,
    inputs,
    faults: isCalm ? [] : makeFaults(random),
    pauses: makePauses(cloud),
  };
}

/** Converts a plan for a batch handler: at most one result per message, and no message that hangs. */
export function inBatches(plan: Plan, random: Random): Plan {
  const { sessions: _none, ...binding } = plan.binding;
  const batch = { maxMessages: random.between(1, 5), maxWaitMs: random.pick([1, 50, 1_000]) };
  return {
    ...plan,
    binding: { ...binding, maxConcurrentCalls: random.between(1, 3), batch },
    hasSessions: false,
    inputs: plan.inputs.map((input) => ({
      ...input,
      sessionId: undefined,
      results: Math.min(input.results, 1),
      steps: input.steps.map((step) => (step.kind === 'hang' ? { ...step, kind: 'succeed' } : step)),
    })),
  };
}

/** Limits how fast the handlers of some plans are called. */
export function withRate(plan: Plan, random: Random): Plan {
  if (random.chance(0.75)) return plan;
  const rate = { perSecond: random.pick([0.2, 0.7, 3, 20, 500]), burst: random.pick([1, 1, 2, 10]) };
  return { ...plan, binding: { ...plan.binding, rate } };
}

/** Has some of those share it by a store. */
export function withRateStore(plan: Plan, random: Random): Plan {
  const { rate } = plan.binding;
  if (!rate || random.chance(0.4)) return plan;
  const fallback = random.chance(0.2) ? { fallbackPerSecond: rate.perSecond / 2 } : {};
  const faults = Array.from({ length: random.between(0, 3) }, () => ({
    atMs: random.between(1, random.pick([2_000, 20_000, 60_000])),
    lastsMs: random.pick([100, 2_000, 30_000]),
    kind: random.pick(STORE_FAULTS),
  }));
  return {
    ...plan,
    binding: { ...plan.binding, rate: { ...rate, store: 'the rates', ...fallback } },
    rateStore: { latencyMs: random.pick(STORE_LATENCIES), faults },
  };
}

/** Has the management node of some plans answer late, and somebody pause the binding of some very often. */
export function withUnrest(plan: Plan, random: Random): Plan {
  const faults = random.chance(0.2) ? [...plan.faults, slowManagement(random)] : plan.faults;
  return { ...plan, faults, pauses: random.chance(0.1) ? makeStorm(random) : plan.pauses };
}

function slowManagement(random: Random): Fault {
  return {
    atMs: random.between(1, random.pick([2_000, 20_000])),
    kind: 'slow-management',
    lastsMs: random.pick([2_000, 40_000, 90_000]),
  };
}

function makeStorm(random: Random): Plan['pauses'] {
  const [fromMs, everyMs] = [random.between(1, 5_000), random.pick([0, 1, 20, 150])];
  const lastsMs = random.pick([0, 1, 10, 100]);
  return Array.from({ length: random.between(5, 40) }, (_none, index) => ({
    atMs: fromMs + index * everyMs,
    lastsMs,
  }));
}

function makeBinding(random: Random, hasSessions: boolean): BindingOptions {
  const retry = {
    maxAttempts: random.between(1, 5),
    delayMs: random.pick([0, 100, 1_000, 5_000]),
    maxDelayMs: random.pick([5_000, 20_000]),
    maxHoldMs: random.pick([0, 1_000, 10_000, 300_000]),
    exceptions: [{ type: TypeError, maxAttempts: 2 }],
  };
  const watchdog = { silenceMs: random.pick([2_000, 10_000, 60_000]) };
  if (hasSessions) {
    const sessions = {
      maxConcurrentSessions: random.between(1, 4),
      idleTimeoutMs: random.pick([200, 1_000, 20_000]),
    };
    return { retry, sessions, watchdog };
  }
  const circuitBreaker = random.chance(0.25) && {
    minMessages: random.between(2, 6),
    failureRatio: 0.5,
    pauseMs: random.pick([1_000, 10_000, 40_000]),
  };
  return { retry, maxConcurrentCalls: random.between(1, 6), circuitBreaker, watchdog };
}

function makeInputs(
  random: Random,
  hasSessions: boolean,
  mayShareOutputs: boolean,
  mayShareIds: boolean,
): Input[] {
  const count = random.between(3, 24);
  const overMs = random.pick([0, 1_000, 30_000]);
  const failing = random.pick([0.05, 0.3, 0.7]);
  const sharesIds = mayShareOutputs && mayShareIds && random.chance(0.3);
  return Array.from({ length: count }, (_none, number) => ({
    number,
    messageId: sharesIds ? 'shared' : mayShareIds && random.chance(0.1) ? '' : `in-${number}`,
    sessionId: hasSessions ? `s${random.between(1, 4)}` : random.chance(0.1) ? 'plain' : undefined,
    sentAtMs: random.between(0, overMs),
    steps: makeSteps(random, failing),
    results: random.pick([1, 1, 1, 0, 2, 3]),
  })).sort((a, b) => a.sentAtMs - b.sentAtMs);
}

function makeSteps(random: Random, failing: number): Step[] {
  const steps: Step[] = [];
  while (steps.length < 8 && random.chance(failing)) steps.push(makeStep(random));
  steps.push({ kind: 'succeed', afterMs: makeWork(random) });
  return steps;
}

function makeStep(random: Random): Step {
  const afterMs = makeWork(random);
  const kind = random.pick([
    'fail',
    'fail',
    'fail',
    'fail-by-type',
    'refuse',
    'defer',
    'invalid',
    'retry-later',
    'retry-later',
    'hang',
    'complete-itself',
    'abandon-itself',
  ] as const);
  if (kind === 'retry-later') return { kind, afterMs, delayMs: random.pick([0, 500, 5_000, 45_000]) };
  if (kind === 'hang') return { kind, afterMs, succeedsThen: random.chance(0.5) };
  return { kind, afterMs };
}

/** Most handlers are quick; some take longer than the lock duration. */
function makeWork(random: Random): number {
  return random.pick([0, 1, 5, 20, 100, 500, 3_000, 20_000, random.between(0, 90_000)]);
}

function makePauses(cloud: Random): Plan['pauses'] {
  if (cloud.chance(0.6)) return [];
  return Array.from({ length: cloud.between(1, 3) }, () => ({
    atMs: cloud.between(1, cloud.pick([2_000, 20_000, 60_000])),
    lastsMs: cloud.pick([0, 1, 30, 300, 5_000, 60_000, 700_000]),
  }));
}

function makeFaults(random: Random): Fault[] {
  const count = random.between(1, 6);
  const withinMs = random.pick([2_000, 20_000, 60_000]);
  return Array.from({ length: count }, () => ({
    atMs: random.between(1, withinMs),
    kind: random.pick(KINDS),
    lastsMs: random.pick([200, 2_000, 10_000, 40_000, 90_000]),
  })).sort((a, b) => a.atMs - b.atMs);
}
