import { type ServiceBusClientOptions, type TokenCredential } from '@azure/service-bus';

/** Which namespace, and how to be let in. */
export type NamespaceOptions = (
  | {
      /** Of the namespace, or of one entity (`EntityPath`). */
      readonly connectionString: string;
      /** For the administration, where it is reached by another port. Default: `connectionString`. */
      readonly administrationConnectionString?: string;
    }
  | {
      /** `name.servicebus.windows.net`. */
      readonly fullyQualifiedNamespace: string;
      /** Default: `DefaultAzureCredential` of @azure/identity, which is loaded only then. */
      readonly credential?: TokenCredential;
    }
) & {
  /** Further options of the SDK's client: WebSockets, a proxy. */
  readonly clientOptions?: Omit<ServiceBusClientOptions, 'retryOptions'>;
};
