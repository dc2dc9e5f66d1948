import {
  type RetryOptions,
  ServiceBusAdministrationClient,
  ServiceBusClient,
  type ServiceBusClientOptions,
  type TokenCredential,
} from '@azure/service-bus';

import { DeskError } from '../desk-error.js';
import { type NamespaceKey, readConnectionString } from './connection-string.js';
import { type NamespaceOptions } from './namespace-options.js';

/**
 * The desk tries again by itself: the SDK would try half a minute long what no right allows. When a connection is lost it
 * waits for answers that cannot come any more, by itself for a minute.
 */
const RETRY_OPTIONS: RetryOptions = { maxRetries: 0, timeoutInMs: 30_000 };

/** A namespace and the clients that reach it. Nothing connects before it is used. */
export class Namespace {
  private constructor(
    /** Host, and port where one is named. */
    readonly host: string,
    /** The one entity that the key is good for; undefined where it is good for all, or where there is no key. */
    readonly onlyEntity: string | undefined,
    readonly client: ServiceBusClient,
    readonly administration: ServiceBusAdministrationClient,
  ) {}

  /** @throws DeskError if the options are wrong, or a credential is needed and @azure/identity is not installed */
  static async open(options: NamespaceOptions): Promise<Namespace> {
    const clientOptions = { ...options.clientOptions, retryOptions: RETRY_OPTIONS };
    if ('connectionString' in options) {
      const key = readConnectionString(options.connectionString);
      const administration = readConnectionString(
        options.administrationConnectionString ?? options.connectionString,
      );
      return Namespace.withKey(key, administration, clientOptions);
    }
    const { fullyQualifiedNamespace: host } = options;
    const credential = options.credential ?? (await defaultCredential());
    return new Namespace(
      host,
      undefined,
      new ServiceBusClient(host, credential, clientOptions),
      new ServiceBusAdministrationClient(host, credential),
    );
  }

  private static withKey(
    key: NamespaceKey,
    administrationKey: NamespaceKey,
    options: ServiceBusClientOptions,
  ): Namespace {
    const administration = new ServiceBusAdministrationClient(administrationKey.connectionString, {
      // Who may not ask is told so at once.
      retryOptions: { maxRetries: 1 },
    });
    if (administrationKey.isEmulator) reachOverHttp(administration);
    const client = new ServiceBusClient(key.connectionString, options);
    return new Namespace(key.host, key.onlyEntity, client, administration);
  }

  /** Closes all that was opened. What is on its way may be lost: end runs before. */
  async close(): Promise<void> {
    await this.client.close();
  }
}

/** [SDK 7.9.5] It asks by https whatever the connection string says. */
function reachOverHttp(client: ServiceBusAdministrationClient): void {
  client.pipeline.addPolicy({
    name: 'deskOverHttp',
    sendRequest(request, next) {
      request.allowInsecureConnection = true;
      request.url = `http${request.url.slice(request.url.indexOf(':'))}`;
      return next(request);
    },
  });
}

async function defaultCredential(): Promise<TokenCredential> {
  try {
    const { DefaultAzureCredential } = await import('@azure/identity');
    return new DefaultAzureCredential();
  } catch (cause) {
    throw new DeskError(
      'signing in to a namespace by its name needs the package @azure/identity: npm install @azure/identity',
      'not-connected',
      { cause },
    );
  }
}
