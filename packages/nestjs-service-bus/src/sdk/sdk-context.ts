import { type Socket } from 'node:net';

import { type ServiceBusClient, type ServiceBusReceiver, type ServiceBusSender } from '@azure/service-bus';

/** A request on a request-response link that waits for its answer. */
interface PendingRequest {
  readonly reject: (error: Error) => void;
  readonly cleanupBeforeResolveOrReject: () => void;
}

/** The SDK's request-response link, for tokens or to a management node. */
export interface SdkRequestLink {
  readonly _responsesMap?: Map<string, PendingRequest>;
}

/** rhea's connection. It gets its socket when it connects; with WebSockets that is no `Socket`. */
export interface RheaConnection {
  readonly socket?: Partial<Socket>;
  /** rhea reads them when it connects. */
  readonly options?: { tcp_no_delay?: boolean };
  on(event: 'disconnected', listener: () => void): unknown;
  /** Tells listeners of an event, which get a context made of these fields. */
  dispatch?(event: 'disconnected', context: object): unknown;
  _context?(fields: object): object;
  /** The socket is gone. */
  _disconnected?(): void;
}

/** The part that we use of what the SDK keeps behind a client. Its typed interface shows none of it. */
export interface SdkContext {
  /** The SDK replaces it after each lost connection. */
  readonly connection: {
    isOpen(): boolean;
    close(): Promise<void>;
    createSession(options: { abortSignal: AbortSignal }): Promise<{ close(): Promise<void> }>;
    readonly _connection: RheaConnection;
  };
  readonly cbsSession?: { readonly _cbsSenderReceiverLink?: SdkRequestLink };
  readonly managementClients?: Readonly<Record<string, { readonly _link?: SdkRequestLink }>>;
  /** The sessions that the client holds, by their links. */
  readonly messageSessions?: Readonly<Record<string, unknown>>;
  /** The client was closed for good. */
  wasConnectionCloseCalled: boolean;
  /** Replaces a lost connection by a new one. */
  refreshConnection?(): void;
}

/** Returns the SDK's context of a client, undefined where another version keeps it elsewhere. */
export function contextOf(client: ServiceBusClient): SdkContext | undefined {
  const { _connectionContext: context } = client as unknown as { _connectionContext?: Partial<SdkContext> };
  return context?.connection?._connection ? (context as SdkContext) : undefined;
}

/** Returns the context of the client that made this sender or receiver, undefined where it is kept elsewhere. */
export function contextOfLink(link: ServiceBusReceiver | ServiceBusSender): object | undefined {
  const { _context: context } = link as { _context?: object };
  return context;
}

/**
 * Calls `visit` with the client's connection, and with each one that replaces it; calls `leave` before that, when the
 * SDK gives up the lost one.
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
