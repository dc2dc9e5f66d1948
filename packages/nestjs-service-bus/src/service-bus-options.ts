import { ServiceBusConfigurationError } from './exceptions/service-bus-configuration.error.js';
import { type ConnectionOptions } from './sdk/index.js';

/** Options of `ServiceBusModule.forRoot`. */
export type ServiceBusModuleOptions = ConnectionOptions & {
  /** How long a shutdown lets handlers finish, in milliseconds. Default 25,000. */
  readonly drainTimeoutMs?: number;
  /**
   * Lets `currentMessage()` tell handlers, and all that they call, which message is in work: for log lines. Costs
   * some throughput, most of it before Node 24. Default false.
   */
  readonly currentMessage?: boolean;
  /**
   * Where metrics are collected: how old the number of messages in the bound queues and subscriptions may be, in
   * milliseconds. Needs the right to manage them. Default 0: it is not asked for.
   */
  readonly queueDepthIntervalMs?: number;
};

export const DEFAULT_DRAIN_TIMEOUT_MS = 25_000;

/** Throws a ServiceBusConfigurationError that names what is missing or too much. */
export function checkModuleOptions(options: ServiceBusModuleOptions): ServiceBusModuleOptions {
  const { connectionString, fullyQualifiedNamespace } = options as Record<string, unknown>;
  const problems: string[] = [];
  if (!connectionString && !fullyQualifiedNamespace) {
    problems.push('ServiceBusModule: connectionString or fullyQualifiedNamespace is required');
  }
  if (connectionString && fullyQualifiedNamespace) {
    problems.push(
      'ServiceBusModule: connectionString and fullyQualifiedNamespace are both set: set one of them',
    );
  }
  for (const name of ['drainTimeoutMs', 'queueDepthIntervalMs'] as const) {
    const value = options[name];
    if (value !== undefined && !(Number.isFinite(value) && value >= 0)) {
      problems.push(`ServiceBusModule: ${name} is ${value}, allowed is a number from 0`);
    }
  }
  const { fastLane } = options;
  if (fastLane !== undefined && typeof fastLane !== 'boolean') {
    problems.push(`ServiceBusModule: fastLane is ${String(fastLane)}, allowed is true or false`);
  }
  if (problems.length > 0) throw new ServiceBusConfigurationError(problems);
  return options;
}
