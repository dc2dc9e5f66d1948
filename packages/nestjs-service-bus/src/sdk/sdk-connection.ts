import { type Socket } from 'node:net';

import { type ServiceBusClient } from '@azure/service-bus';

/** A request on a request-response link whose answer is to come. */
interface PendingRequest {
  readonly reject: (error: Error) => void;
  readonly cleanupBeforeResolveOrReject: () => void;
}

/** The SDK's request-response link, for tokens or to a management node. */
export interface SdkRequestLink {
  readonly _responsesMap?: Map<string, PendingRequest>;
}

/** rhea's connection; its socket is there once it connects, and no `Socket` with WebSockets. */
export interface RheaConnection {
  readonly socket?: Partial<Socket>;
  /** Read when it connects. */
  readonly options?: { tcp_no_delay?: boolean };
  on(event: 'disconnected', listener: () => void): unknown;
}

/** What the SDK keeps behind a client, as far as we look at it; no part of its typed interface. */
export interface SdkContext {
  /** Another one after each lost connection. */
  readonly connection: {
    isOpen(): boolean;
    createSession(options: { abortSignal: AbortSignal }): Promise<{ close(): Promise<void> }>;
    readonly _connection: RheaConnection;
  };
  readonly cbsSession?: { readonly _cbsSenderReceiverLink?: SdkRequestLink };
  readonly managementClients?: Readonly<Record<string, { readonly _link?: SdkRequestLink }>>;
  /** The client was closed for good. */
  readonly wasConnectionCloseCalled: boolean;
  /** Puts a new connection in the place of a lost one. */
  refreshConnection?(): void;
}

/** The SDK's context of a client; undefined where another version keeps it elsewhere. */
export function contextOf(client: ServiceBusClient): SdkContext | undefined {
  const { _connectionContext: context } = client as unknown as { _connectionContext?: Partial<SdkContext> };
  return context?.connection?._connection ? (context as SdkContext) : undefined;
}

/**
 * Calls `visit` with the client's connection, and with each that takes the place of a lost one; `leave` before that,
 * when the lost one is given up.
 */
export function eachConnection(
  context: SdkContext,
  visit: (connection: RheaConnection) => void,
  leave: () => void = () => undefined,
): void {
  visit(context.connection._connection);
  const refresh = context.refreshConnection?.bind(context);
  if (!refresh) return;
  context.refreshConnection = () => {
    leave();
    refresh();
    visit(context.connection._connection);
  };
}
