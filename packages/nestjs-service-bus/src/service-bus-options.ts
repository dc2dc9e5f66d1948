import {
  RetryMode,
  type RetryOptions,
  type ServiceBusClientOptions,
  type TokenCredential,
} from '@azure/service-bus';

import { type OptionNames, unknownOptions } from './binding/unknown-options.js';

/** How to reach a namespace: by connection string, or by name and a credential. */
export type NamespaceOptions =
  | {
      /** Of the namespace, with a shared access key. */
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

/** Every option that says how to reach a namespace. */
export const NAMESPACE_OPTIONS: OptionNames<NamespaceOptions> = {
  connectionString: true,
  administrationConnectionString: true,
  fullyQualifiedNamespace: true,
  credential: true,
};

const MODULE_OPTIONS: OptionNames<ServiceBusModuleOptions> = {
  ...NAMESPACE_OPTIONS,
  retryOptions: true,
  drainTimeoutMs: true,
  currentMessage: true,
  queueDepthIntervalMs: true,
  clientOptions: true,
};

const RETRY_OPTIONS: OptionNames<RetryOptions> = {
  maxRetries: true,
  retryDelayInMs: true,
  maxRetryDelayInMs: true,
  mode: true,
  timeoutInMs: true,
};

/** One problem for each option of the SDK's retries that is not known. */
export function unknownRetryOptions(options: RetryOptions | undefined): string[] {
  return unknownOptions(options, RETRY_OPTIONS, 'retryOptions.');
}

/** What is wrong with the options of `forRoot`, one line each. */
export function moduleOptionsProblems(options: ServiceBusModuleOptions | undefined): string[] {
  const { connectionString, fullyQualifiedNamespace } = (options ?? {}) as Record<string, unknown>;
  const problems = [
    ...unknownOptions(options, MODULE_OPTIONS),
    ...unknownRetryOptions(options?.retryOptions),
  ];
  if (!connectionString && !fullyQualifiedNamespace) {
    problems.push('connectionString or fullyQualifiedNamespace is required');
  }
  if (connectionString && fullyQualifiedNamespace) {
    problems.push('connectionString and fullyQualifiedNamespace are both set: set one of them');
  }
  for (const name of ['drainTimeoutMs', 'queueDepthIntervalMs'] as const) {
    const value = options?.[name];
    if (value !== undefined && !(Number.isFinite(value) && value >= 0)) {
      problems.push(`${name} is ${value}, allowed is a number from 0`);
    }
  }
  return problems.map((problem) => `ServiceBusModule: ${problem}`);
}

/** The host of a namespace, for people: it tells no key. */
export function namespaceHost(options: ServiceBusModuleOptions | undefined): string {
  const { connectionString, fullyQualifiedNamespace } = (options ?? {}) as Record<string, unknown>;
  const text = typeof connectionString === 'string' ? connectionString : '';
  const host = /Endpoint=sb:\/\/([^/;]+)/i.exec(text)?.[1] ?? fullyQualifiedNamespace;
  return typeof host === 'string' ? host : 'a namespace that it does not name';
}
