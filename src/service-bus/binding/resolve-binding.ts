import { ServiceBusConfigurationError } from '../exceptions/service-bus-configuration.error.js';
import { type RetryPolicy } from '../message/backoff.js';
import { DEFAULT_BINDING_RETRY_POLICY } from '../message/retry-policy.js';
import { type Binding, type BindingOptions, type SessionOptions } from './binding.js';
import { circuitBreakerProblems, resolveCircuitBreaker } from './resolve-circuit-breaker.js';

const DEFAULT_CONCURRENT_CALLS = 16;
// A link has places for 2,048 deliveries, and a retired one must have room for all credit it was given.
const MAX_CONCURRENT_CALLS = 500;
const DEFAULT_CONCURRENT_SESSIONS = 8;
const DEFAULT_IDLE_TIMEOUT_MS = 1_000;

/** Fills in the defaults of a binding and checks it; throws a ServiceBusConfigurationError. */
export function resolveBinding(pattern: string, options: BindingOptions): Binding {
  const problems = findProblems(options);
  if (problems.length > 0) {
    throw new ServiceBusConfigurationError(problems.map((problem) => `binding "${pattern}": ${problem}`));
  }
  const { topic, subscription } = options;
  const entity = topic ?? options.queue ?? pattern;
  const sessions = resolveSessions(options);
  return {
    pattern,
    entity,
    subscription,
    entityPath: subscription === undefined ? entity : `${entity}/Subscriptions/${subscription}`,
    replyTo: options.replyTo,
    maxConcurrentCalls:
      sessions?.maxConcurrentSessions ?? options.maxConcurrentCalls ?? DEFAULT_CONCURRENT_CALLS,
    retry: { ...DEFAULT_BINDING_RETRY_POLICY, ...options.retry },
    circuitBreaker: resolveCircuitBreaker(options),
    sessions,
  };
}

function resolveSessions({ sessions }: BindingOptions): SessionOptions | undefined {
  return (
    sessions && {
      maxConcurrentSessions: sessions.maxConcurrentSessions ?? DEFAULT_CONCURRENT_SESSIONS,
      idleTimeoutMs: sessions.idleTimeoutMs ?? DEFAULT_IDLE_TIMEOUT_MS,
    }
  );
}

function findProblems(options: BindingOptions): string[] {
  const problems: string[] = [];
  const { queue, topic, subscription } = options;
  if (queue !== undefined && topic !== undefined) problems.push('names a queue and a topic: one of them');
  if ((topic === undefined) !== (subscription === undefined))
    problems.push('needs topic and subscription together');
  for (const name of ['queue', 'topic', 'subscription', 'replyTo'] as const) {
    if (options[name] === '') problems.push(`${name} is empty`);
  }
  checkInteger(problems, 'maxConcurrentCalls', options.maxConcurrentCalls, 1, MAX_CONCURRENT_CALLS);
  if (options.sessions && options.maxConcurrentCalls !== undefined) {
    problems.push('has sessions and maxConcurrentCalls: sessions.maxConcurrentSessions is the limit');
  }
  const { maxConcurrentSessions, idleTimeoutMs } = options.sessions ?? {};
  checkInteger(problems, 'sessions.maxConcurrentSessions', maxConcurrentSessions, 1, 10_000);
  checkInteger(problems, 'sessions.idleTimeoutMs', idleTimeoutMs, 1, 86_400_000);
  checkInteger(problems, 'retry.maxHoldMs', options.retry?.maxHoldMs, 0, 86_400_000);
  checkRetryPolicy(problems, 'retry', options.retry ?? {});
  for (const policy of options.retry?.exceptions ?? []) {
    checkRetryPolicy(problems, `retry.exceptions of ${policy.type.name}`, policy);
  }
  problems.push(...circuitBreakerProblems(options));
  return problems;
}

function checkRetryPolicy(problems: string[], name: string, policy: Partial<RetryPolicy>): void {
  checkInteger(problems, `${name}.maxAttempts`, policy.maxAttempts, 1, 1_000);
  checkInteger(problems, `${name}.delayMs`, policy.delayMs, 0, 86_400_000);
  checkInteger(problems, `${name}.maxDelayMs`, policy.maxDelayMs, 0, 86_400_000);
}

function checkInteger(
  problems: string[],
  name: string,
  value: number | undefined,
  min: number,
  max: number,
): void {
  if (value === undefined) return;
  if (Number.isInteger(value) && value >= min && value <= max) return;
  problems.push(`${name} is ${value}, allowed is a whole number from ${min} to ${max}`);
}
