import {
  type RetryOptions,
  ServiceBusAdministrationClient,
  ServiceBusClient,
  type TokenCredential,
} from '@azure/service-bus';

import { ServiceBusConfigurationError } from '../../exceptions/service-bus-configuration.error.js';
import { checkShapes, describeMisfits, knownMisfits } from '../fast-lane/check-shapes.js';
import { switchOffFastLane } from '../fast-lane/fast-lane.js';
import { contextOf } from '../sdk-context.js';
import { ConnectionGuard } from './connection-guard.js';
import { type ConnectionOptions } from './connection-options.js';
import { entityPathOf, namespaceOf, withoutEntityPath } from './connection-string.js';
import { failLostRequests } from './lost-requests.js';
import { overPlainHttp } from './over-plain-http.js';
import { quietTracing } from './quiet-tracing.js';
import { refuseUndecodable } from './refuse-undecodable.js';
import { Retrying } from '../retrying.js';
import { DEFAULT_RETRY_OPTIONS } from './retry-options.js';
import { sendAtOnce } from './send-at-once.js';

/** Creates the clients of one namespace. None of them connects before it is used. */
export class ServiceBusConnection {
  private constructor(
    private readonly options: ConnectionOptions,
    private readonly credential: TokenCredential | undefined,
  ) {}

  static async create(options: ConnectionOptions): Promise<ServiceBusConnection> {
    await checkShapes();
    if ('connectionString' in options) return new ServiceBusConnection(options, undefined);
    return new ServiceBusConnection(options, options.credential ?? (await defaultCredential()));
  }

  /**
   * What is slower or less safe than it could be, a line each: the installed SDK or rhea is of a version that part of
   * this room does not fit. Empty with the versions that it is written for.
   */
  get warnings(): readonly string[] {
    return describeMisfits(knownMisfits());
  }

  /** The only entity that the connection string's key is good for; undefined for a key of the namespace. */
  get onlyEntity(): string | undefined {
    if (!('connectionString' in this.options)) return undefined;
    return entityPathOf(this.options.connectionString);
  }

  /**
   * The same with another connection string: with a key of one entity.
   *
   * @throws ServiceBusConfigurationError if it leads to another namespace: replies would go to this one
   */
  withConnectionString(connectionString: string): ServiceBusConnection {
    const own = this.namespace;
    const other = namespaceOf(connectionString);
    if (other !== own) {
      throw new ServiceBusConfigurationError([
        `a connection string of ${other} is given to what belongs to ${own}: another namespace is a connection of its own, forRoot({ name: '…' })`,
      ]);
    }
    const options = { ...this.options, connectionString: withoutEntityPath(connectionString) };
    return new ServiceBusConnection(options, undefined);
  }

  private get namespace(): string {
    if ('connectionString' in this.options) return namespaceOf(this.options.connectionString);
    return namespaceOf(`Endpoint=sb://${this.options.fullyQualifiedNamespace}`);
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
    const context = contextOf(client);
    if (context && this.options.fastLane === false) switchOffFastLane(context);
    failLostRequests(client);
    refuseUndecodable(client);
    ConnectionGuard.watch(client, this.options.maxSilenceMs);
    sendAtOnce(client);
    return client;
  }

  /** Creates a client that tries each operation once; its owner decides when to try again. */
  createClientOfOneTry(): ServiceBusClient {
    return this.createClient({ ...this.options.retryOptions, maxRetries: 0 });
  }

  /** How often, and how late, what a client of one try does is tried again. */
  get retrying(): Retrying {
    return new Retrying(this.options.retryOptions);
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

// Only `true` in lower case counts, as for the SDK.
function isEmulator(connectionString: string): boolean {
  return /(?:^|;)\s*UseDevelopmentEmulator=true\s*(?:;|$)/.test(connectionString);
}
