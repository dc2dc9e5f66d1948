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
   * How long an open connection may bring no byte, although the broker was asked for a sign of life, until it counts as
   * dead and is replaced, in milliseconds from 1,000. Up to 15 % later, by chance. Longer is safer where the broker
   * stands still in maintenance, for up to 30 s; shorter notices a dead network sooner. A connection that holds sessions
   * is left alone for 30 s at least. Default 7,000.
   */
  readonly maxSilenceMs?: number;
  /**
   * Reads, settles and writes messages past the SDK, which is several times faster. With false all messages go
   * through the SDK: switch it off to find out whether a problem comes from here. Default true; off by itself, with
   * a warning in the log, where the SDK or rhea is of a version that it does not fit.
   */
  readonly fastLane?: boolean;
};
