import { type ServiceBusClient } from '@azure/service-bus';

import { contextOf, eachConnection, type SdkContext, type SdkRequestLink } from '../sdk-context.js';

/** The connection was lost during a request: the answer will never arrive. */
class RequestLostError extends Error {
  override readonly name = 'RequestLostError';
  // With these the SDK sees a network error, and tries again.
  readonly code = 'ECONNRESET';
  readonly syscall = 'read';
  readonly errno = -104;

  constructor() {
    super('the connection was lost before the answer came');
  }
}

/**
 * Fails a client's pending requests when their connection is lost. The SDK waits a minute for the answers, a token's
 * among them, and opens neither links nor a new connection meanwhile: the client is stuck.
 */
export function failLostRequests(client: ServiceBusClient): void {
  const context = contextOf(client);
  if (!context) return;
  const fail = (): void => failRequests(context);
  eachConnection(context, (connection) => connection.on('disconnected', fail), fail);
}

/** Fails all requests that wait for an answer, those for tokens included. */
export function failRequests({ cbsSession, managementClients }: SdkContext): void {
  fail(cbsSession?._cbsSenderReceiverLink);
  for (const { _link: link } of Object.values(managementClients ?? {})) fail(link);
}

function fail(link: SdkRequestLink | undefined): void {
  const pending = [...(link?._responsesMap?.values() ?? [])];
  link?._responsesMap?.clear();
  for (const request of pending) {
    request.cleanupBeforeResolveOrReject();
    request.reject(new RequestLostError());
  }
}
