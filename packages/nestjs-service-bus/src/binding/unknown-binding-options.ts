import { type RetryPolicy } from './backoff.js';
import { type BindingRetryPolicy, type ExceptionRetryPolicy } from './retry-policy.js';
import { type CircuitBreakerPolicy } from './circuit-breaker-policy.js';
import { type WatchdogPolicy } from './watchdog-policy.js';
import {
  type AdaptiveOptions,
  type BatchOptions,
  type BindingOptions,
  type RateOptions,
  type SessionOptions,
} from './binding.js';
import { type OptionNames, unknownOptions } from './unknown-options.js';

/** Every option of a binding. */
export const BINDING_OPTIONS: OptionNames<BindingOptions> = {
  connection: true,
  queue: true,
  topic: true,
  subscription: true,
  connectionString: true,
  replyTo: true,
  replyToConnectionString: true,
  allowReplyTo: true,
  decode: true,
  formats: true,
  compression: true,
  strictFormats: true,
  maxConcurrentCalls: true,
  prefetch: true,
  batch: true,
  retry: true,
  circuitBreaker: true,
  rate: true,
  watchdog: true,
  paused: true,
  sessions: true,
  entity: true,
  replyToEntity: true,
};
const RETRY: OptionNames<RetryPolicy> = { maxAttempts: true, delayMs: true, maxDelayMs: true };
const BINDING_RETRY: OptionNames<BindingRetryPolicy> = { ...RETRY, maxHoldMs: true, exceptions: true };
const EXCEPTION_RETRY: OptionNames<ExceptionRetryPolicy> = { ...RETRY, type: true };
const BATCH: OptionNames<BatchOptions> = { maxMessages: true, maxWaitMs: true };
const SESSIONS: OptionNames<SessionOptions> = {
  maxConcurrentSessions: true,
  idleTimeoutMs: true,
  countsLostRuns: true,
};
const WATCHDOG: OptionNames<WatchdogPolicy> = { silenceMs: true };
const RATE: OptionNames<RateOptions> = {
  perSecond: true,
  burst: true,
  store: true,
  key: true,
  fallbackPerSecond: true,
};
const ADAPTIVE: OptionNames<AdaptiveOptions> = { max: true };
const CIRCUIT_BREAKER: OptionNames<CircuitBreakerPolicy> = {
  minMessages: true,
  failureRatio: true,
  windowMs: true,
  pauseMs: true,
};

/** One problem for each option of a binding that is not known, at every level. */
export function unknownBindingOptions(options: BindingOptions): string[] {
  const exceptions = options.retry?.exceptions ?? [];
  return [
    ...unknownOptions(options, BINDING_OPTIONS),
    ...unknownOptions(options.maxConcurrentCalls, ADAPTIVE, 'maxConcurrentCalls.'),
    ...unknownOptions(options.retry, BINDING_RETRY, 'retry.'),
    ...exceptions.flatMap((policy) =>
      unknownOptions(policy, EXCEPTION_RETRY, `retry.exceptions of ${policy.type.name}.`, ''),
    ),
    ...unknownOptions(options.batch, BATCH, 'batch.'),
    ...unknownOptions(options.circuitBreaker, CIRCUIT_BREAKER, 'circuitBreaker.'),
    ...unknownOptions(options.rate, RATE, 'rate.'),
    ...unknownOptions(options.watchdog, WATCHDOG, 'watchdog.'),
    ...unknownOptions(options.sessions, SESSIONS, 'sessions.'),
  ];
}
