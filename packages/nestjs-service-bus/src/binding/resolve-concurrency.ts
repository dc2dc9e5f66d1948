import { type AdaptiveOptions, type BatchOptions, type Binding, type BindingOptions } from './binding.js';
import { checkInteger } from './check-integer.js';

const DEFAULT_CONCURRENT_CALLS = 16;
const DEFAULT_ADAPTIVE_MAX = 200;
const DEFAULT_BATCH: BatchOptions = { maxMessages: 50, maxWaitMs: 100 };
// A link has places for 2,048 deliveries, and a retired one must have room for all credit it was given.
const MAX_MESSAGES_IN_WORK = 500;

/** How many calls of a binding's handlers there are at once, and how many messages each takes. */
export function resolveConcurrency(
  options: BindingOptions,
): Pick<Binding, 'maxConcurrentCalls' | 'adaptive' | 'prefetch' | 'batch'> {
  const batch = resolveBatch(options);
  const adaptive = resolveAdaptive(options);
  const { maxConcurrentCalls } = options;
  const most = adaptive?.max ?? Math.max(Math.floor(MAX_MESSAGES_IN_WORK / (batch?.maxMessages ?? 1)), 1);
  return {
    maxConcurrentCalls:
      typeof maxConcurrentCalls === 'number' ? maxConcurrentCalls : Math.min(DEFAULT_CONCURRENT_CALLS, most),
    adaptive,
    prefetch: options.prefetch === 'auto' ? undefined : options.prefetch,
    batch,
  };
}

/** What is wrong with it, one line for each problem. */
export function concurrencyProblems(options: BindingOptions): string[] {
  const problems: string[] = [];
  const { maxConcurrentCalls: calls, sessions } = options;
  if (typeof calls === 'object') {
    checkInteger(problems, 'maxConcurrentCalls.max', calls.max, 1, MAX_MESSAGES_IN_WORK);
  } else if (calls !== 'auto') {
    checkInteger(problems, 'maxConcurrentCalls', calls, 1, MAX_MESSAGES_IN_WORK);
  }
  if (sessions && calls !== undefined) {
    problems.push('has sessions and maxConcurrentCalls: sessions.maxConcurrentSessions is the limit');
  }
  if (options.prefetch !== 'auto')
    checkInteger(problems, 'prefetch', options.prefetch, 0, MAX_MESSAGES_IN_WORK);
  return [...problems, ...batchProblems(options)];
}

function batchProblems(options: BindingOptions): string[] {
  const batch = resolveBatch(options);
  if (!batch) return [];
  const problems: string[] = [];
  const { maxConcurrentCalls: calls, sessions } = options;
  checkInteger(problems, 'batch.maxMessages', batch.maxMessages, 1, MAX_MESSAGES_IN_WORK);
  checkInteger(problems, 'batch.maxWaitMs', batch.maxWaitMs, 0, 60_000);
  // The next message of a session comes only when the one before is settled.
  if (sessions) problems.push('has sessions and batch: messages of a session are handled one by one');
  if (typeof calls === 'number' && calls * batch.maxMessages > MAX_MESSAGES_IN_WORK) {
    const product = `maxConcurrentCalls × batch.maxMessages is ${calls * batch.maxMessages}`;
    problems.push(`${product}, allowed is up to ${MAX_MESSAGES_IN_WORK}`);
  } else if (calls !== undefined && typeof calls !== 'number') {
    problems.push('has batch and an adaptive maxConcurrentCalls: that needs a number');
  }
  return problems;
}

function resolveAdaptive({ maxConcurrentCalls }: BindingOptions): AdaptiveOptions | undefined {
  if (maxConcurrentCalls === 'auto') return { max: DEFAULT_ADAPTIVE_MAX };
  return typeof maxConcurrentCalls === 'object' ? maxConcurrentCalls : undefined;
}

function resolveBatch({ batch }: BindingOptions): BatchOptions | undefined {
  return (
    batch && {
      maxMessages: batch.maxMessages ?? DEFAULT_BATCH.maxMessages,
      maxWaitMs: batch.maxWaitMs ?? DEFAULT_BATCH.maxWaitMs,
    }
  );
}
