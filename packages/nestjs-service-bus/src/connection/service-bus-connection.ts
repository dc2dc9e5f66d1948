import {
  type RetryOptions,
  ServiceBusAdministrationClient,
  ServiceBusClient,
  type TokenCredential,
} from '@azure/service-bus';

import { ServiceBusConfigurationError } from '../exceptions/service-bus-configuration.error.js';
import { DEFAULT_RETRY_OPTIONS, type ServiceBusModuleOptions } from '../service-bus-options.js';
import { ConnectionGuard } from './connection-guard.js';
import { failLostRequests } from './lost-requests.js';
import { overPlainHttp } from './over-plain-http.js';
import { quietTracing } from './quiet-tracing.js';
import { sendAtOnce } from './send-at-once.js';

/** Makes clients for one namespace. None of them connects before it is used. */
export class ServiceBusConnection {
  private constructor(
    private readonly options: ServiceBusModuleOptions,
    private readonly credential: TokenCredential | undefined,
  ) {}

  static async create(options: ServiceBusModuleOptions): Promise<ServiceBusConnection> {
    if ('connectionString' in options) return new ServiceBusConnection(options, undefined);
    return new ServiceBusConnection(options, options.credential ?? (await defaultCredential()));
  }

  createClient(retryOptions: RetryOptions = this.options.retryOptions ?? {}): ServiceBusClient {
    quietTracing();
    const clientOptions = {
      ...this.options.clientOptions,
      retryOptions: { ...DEFAULT_RETRY_OPTIONS, ...retryOptions },
    };
    const client =
      'connectionString' in this.options
        ? new ServiceBusClient(this.options.connectionString, clientOptions)
        : new ServiceBusClient(this.options.fullyQualifiedNamespace, this.requireCredential(), clientOptions);
    failLostRequests(client);
    ConnectionGuard.watch(client);
    sendAtOnce(client);
    return client;
  }

  /** A client that tries everything once: whoever has it decides when to try again. */
  createClientOfOneTry(): ServiceBusClient {
    return this.createClient({ ...this.options.retryOptions, maxRetries: 0 });
  }

  createAdministrationClient(): ServiceBusAdministrationClient {
    if (!('connectionString' in this.options)) {
      return new ServiceBusAdministrationClient(
        this.options.fullyQualifiedNamespace,
        this.requireCredential(),
      );
    }
    const connectionString = this.options.administrationConnectionString ?? this.options.connectionString;
    const client = new ServiceBusAdministrationClient(connectionString);
    return isEmulator(connectionString) ? overPlainHttp(client) : client;
  }

  private requireCredential(): TokenCredential {
    if (!this.credential) throw new TypeError('a namespace without a connection string needs a credential');
    return this.credential;
  }
}

// Loaded only where it is used: it is a large part of the start-up time otherwise.
async function defaultCredential(): Promise<TokenCredential> {
  const { DefaultAzureCredential } = await import('@azure/identity').catch(explainMissing);
  return new DefaultAzureCredential();
}

/** It is an optional peer: applications with a connection string or a credential of their own do without. */
function explainMissing(error: unknown): never {
  const code = error instanceof Object && 'code' in error ? error.code : undefined;
  if (code !== 'ERR_MODULE_NOT_FOUND' && code !== 'MODULE_NOT_FOUND') throw error;
  throw new ServiceBusConfigurationError([
    'ServiceBusModule: fullyQualifiedNamespace without a credential needs the package @azure/identity: install it, or set credential',
  ]);
}

/** The SDK takes the emulator for meant only when the value is `true` in lower case; so do we. */
function isEmulator(connectionString: string): boolean {
  return /(?:^|;)\s*UseDevelopmentEmulator=true\s*(?:;|$)/.test(connectionString);
}
