import { ServiceBusConfigurationError } from '../exceptions/service-bus-configuration.error.js';
import { wireProblems } from '../format/wire.js';
import { type RetryPolicy } from './backoff.js';
import { DEFAULT_BINDING_RETRY_POLICY } from './retry-policy.js';
import { DEFAULT_WATCHDOG_POLICY } from './watchdog-policy.js';
import { type Binding, type BindingOptions, type SessionOptions } from './binding.js';
import { checkInteger } from './check-integer.js';
import { connectionName, connectionNameProblem } from './connection-name.js';
import { entityProblems } from './entity-problems.js';
import { keyProblemsOf } from './only-entity.js';
import { isObjectPattern } from './pattern.js';
import { circuitBreakerProblems, resolveCircuitBreaker } from './resolve-circuit-breaker.js';
import { concurrencyProblems, resolveConcurrency } from './resolve-concurrency.js';
import { rateProblems, resolveRate } from './resolve-rate.js';
import { unknownBindingOptions } from './unknown-binding-options.js';
import { withDefaults } from './with-defaults.js';

const DEFAULT_CONCURRENT_SESSIONS = 8;
const DEFAULT_IDLE_TIMEOUT_MS = 1_000;

/** Fills in the defaults of a binding and checks it; throws a ServiceBusConfigurationError. */
export function resolveBinding(pattern: string, options: BindingOptions): Binding {
  const problems = [
    ...unknownBindingOptions(options),
    ...findProblems(options),
    ...keyProblems(pattern, options),
  ];
  if (isObjectPattern(pattern) && options.queue === undefined && options.topic === undefined) {
    problems.push('no queue has such a name: add queue, or topic and subscription');
  }
  if (problems.length > 0) throw new ServiceBusConfigurationError(problemsOfBinding(pattern, problems));
  const { topic, subscription } = options;
  const entity = topic ?? options.queue ?? pattern;
  const sessions = resolveSessions(options);
  return {
    pattern,
    connection: connectionName(options.connection),
    entity,
    subscription,
    entityPath: subscription === undefined ? entity : `${entity}/Subscriptions/${subscription}`,
    connectionString: options.connectionString,
    replyTo: options.replyTo,
    replyToConnectionString: options.replyToConnectionString,
    allowReplyTo: options.allowReplyTo ?? true,
    decode: options.decode ?? true,
    formats: options.formats,
    compression: options.compression,
    strictFormats: options.strictFormats,
    ...resolveConcurrency(options),
    // One message of each session is in work at a time.
    ...(sessions && { maxConcurrentCalls: sessions.maxConcurrentSessions }),
    retry: withDefaults(DEFAULT_BINDING_RETRY_POLICY, options.retry),
    circuitBreaker: resolveCircuitBreaker(options),
    rate: resolveRate(options),
    watchdog: withDefaults(DEFAULT_WATCHDOG_POLICY, options.watchdog),
    paused: options.paused ?? false,
    sessions,
    declaredEntity: options.entity ?? {},
    declaredReplyTo: options.replyToEntity ?? {},
  };
}

/** Each problem with the binding's name before it. */
export function problemsOfBinding(pattern: string, problems: readonly string[]): string[] {
  const name = isObjectPattern(pattern) ? pattern : `"${pattern}"`;
  return problems.map((problem) => `binding ${name}: ${problem}`);
}

function resolveSessions({ sessions }: BindingOptions): SessionOptions | undefined {
  return (
    sessions && {
      maxConcurrentSessions: sessions.maxConcurrentSessions ?? DEFAULT_CONCURRENT_SESSIONS,
      idleTimeoutMs: sessions.idleTimeoutMs ?? DEFAULT_IDLE_TIMEOUT_MS,
      countsLostRuns: sessions.countsLostRuns ?? true,
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
  if (!isAllowReplyTo(options.allowReplyTo)) {
    problems.push('allowReplyTo is none of: true, false, an array of names, a function');
  }
  problems.push(...readingProblems(options));
  problems.push(...concurrencyProblems(options));
  const { maxConcurrentSessions, idleTimeoutMs } = options.sessions ?? {};
  checkInteger(problems, 'sessions.maxConcurrentSessions', maxConcurrentSessions, 1, 10_000);
  checkInteger(problems, 'sessions.idleTimeoutMs', idleTimeoutMs, 1, 86_400_000);
  checkInteger(problems, 'watchdog.silenceMs', options.watchdog?.silenceMs, 100, 86_400_000);
  checkInteger(problems, 'retry.maxHoldMs', options.retry?.maxHoldMs, 0, 86_400_000);
  checkRetryPolicy(problems, 'retry', options.retry ?? {});
  for (const policy of options.retry?.exceptions ?? []) {
    checkRetryPolicy(problems, `retry.exceptions of ${policy.type.name}`, policy);
  }
  problems.push(...circuitBreakerProblems(options), ...rateProblems(options), ...entityProblems(options));
  return problems;
}

function readingProblems(options: BindingOptions): string[] {
  const problems = wireProblems(options);
  for (const name of ['decode', 'strictFormats', 'paused'] as const) {
    const value: unknown = options[name];
    if (value !== undefined && typeof value !== 'boolean') problems.push(`${name} is neither true nor false`);
  }
  return problems;
}

function keyProblems(pattern: string, options: BindingOptions): string[] {
  const { connectionString, replyTo, replyToConnectionString } = options;
  const nameProblem = connectionNameProblem(options.connection);
  const problems = nameProblem === undefined ? [] : [`connection ${nameProblem}`];
  if (connectionString !== undefined) {
    const entity = options.topic ?? options.queue ?? pattern;
    problems.push(...keyProblemsOf('connectionString', connectionString, entity));
  }
  if (replyToConnectionString === undefined) return problems;
  if (replyTo === undefined) return [...problems, 'replyToConnectionString needs replyTo'];
  return [...problems, ...keyProblemsOf('replyToConnectionString', replyToConnectionString, replyTo)];
}

function isAllowReplyTo(value: unknown = true): boolean {
  if (Array.isArray(value)) return value.every((name) => typeof name === 'string');
  return typeof value === 'boolean' || typeof value === 'function';
}

function checkRetryPolicy(problems: string[], name: string, policy: Partial<RetryPolicy>): void {
  checkInteger(problems, `${name}.maxAttempts`, policy.maxAttempts, 1, 1_000);
  checkInteger(problems, `${name}.delayMs`, policy.delayMs, 0, 86_400_000);
  checkInteger(problems, `${name}.maxDelayMs`, policy.maxDelayMs, 0, 86_400_000);
}
