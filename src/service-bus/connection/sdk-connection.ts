import { type Socket } from 'node:net';

import { type ServiceBusClient } from '@azure/service-bus';

/** What the SDK keeps behind a client, as far as we look at it; no part of its typed interface. */
export interface SdkContext {
  /** Another one after each lost connection. */
  readonly connection: {
    isOpen(): boolean;
    createSession(options: { abortSignal: AbortSignal }): Promise<{ close(): Promise<void> }>;
    /** rhea's; the socket is there once it connects, and no `Socket` with WebSockets. */
    readonly _connection: { readonly socket?: Partial<Socket> };
  };
  /** The client was closed for good. */
  readonly wasConnectionCloseCalled: boolean;
}

/** The SDK's context of a client; undefined where another version keeps it elsewhere. */
export function contextOf(client: ServiceBusClient): SdkContext | undefined {
  const { _connectionContext: context } = client as unknown as { _connectionContext?: Partial<SdkContext> };
  return context?.connection?._connection ? (context as SdkContext) : undefined;
}
