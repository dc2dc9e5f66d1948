import { type RetryOptions, type ServiceBusClientOptions, type TokenCredential } from '@azure/service-bus';

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

/** How clients of a namespace connect, and how they send and receive. */
export type ConnectionOptions = NamespaceOptions & {
  /** The SDK's tries of each operation. Default: exponential, 0.8 s to 15 s, 5 retries. */
  readonly retryOptions?: RetryOptions;
  /** Further options of the SDK's client (proxy, WebSocket, user agent). */
  readonly clientOptions?: Omit<ServiceBusClientOptions, 'retryOptions'>;
  /**
   * Reads, settles and writes messages past the SDK, which is several times faster. With false all messages go
   * through the SDK: switch it off to find out whether a problem comes from here. Default true; off by itself, with
   * a warning in the log, where the SDK or rhea is of a version that it does not fit.
   */
  readonly fastLane?: boolean;
};
