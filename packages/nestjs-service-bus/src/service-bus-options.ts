import {
  RetryMode,
  type RetryOptions,
  type ServiceBusClientOptions,
  type TokenCredential,
} from '@azure/service-bus';

import { ServiceBusConfigurationError } from './exceptions/service-bus-configuration.error.js';

/** How to reach a namespace: by connection string, or by name and a credential. */
export type NamespaceOptions =
  | {
      readonly connectionString: string;
      /** For the administration client, where it differs (another port). Default: `connectionString`. */
      readonly administrationConnectionString?: string;
    }
  | {
      /** `name.servicebus.windows.net`. */
      readonly fullyQualifiedNamespace: string;
      /** Default: `DefaultAzureCredential` of @azure/identity, loaded only then. */
      readonly credential?: TokenCredential;
    };

/** Options of `ServiceBusModule.forRoot`. */
export type ServiceBusModuleOptions = NamespaceOptions & {
  /** The SDK's tries of each operation. Default: exponential, 0.8 s to 15 s, 5 retries. */
  readonly retryOptions?: RetryOptions;
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
  /** Further options of the SDK's client (proxy, WebSocket, user agent). */
  readonly clientOptions?: Omit<ServiceBusClientOptions, 'retryOptions'>;
};

export const DEFAULT_DRAIN_TIMEOUT_MS = 25_000;

export const DEFAULT_RETRY_OPTIONS: RetryOptions = {
  mode: RetryMode.Exponential,
  retryDelayInMs: 800,
  maxRetryDelayInMs: 15_000,
  maxRetries: 5,
};

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
  if (problems.length > 0) throw new ServiceBusConfigurationError(problems);
  return options;
}
